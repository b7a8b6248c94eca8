//! An async, typed client of the Open vSwitch database (RFC 7047), with an in-memory server.
