//! One command a file: the examples of ahv-net.
