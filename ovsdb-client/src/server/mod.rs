//! Peers for tests: the in-memory OVSDB server.
