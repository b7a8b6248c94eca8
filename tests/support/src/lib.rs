//! Real peers for tests: processes, temporary directories, and how a case that cannot run says so.
