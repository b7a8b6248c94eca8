//! Contract, facade and golden tests of the workspace, and the lab they run on.
