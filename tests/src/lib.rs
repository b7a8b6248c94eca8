//! Contract, facade and golden tests of the workspace, and the lab they run on.

/// The blocks of Rust in the pages, as doc-tests; facade/documents/ sees that no page with one is missing.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../README.md")]
    struct Readme;

    #[doc = include_str!("../../docs/cookbook.md")]
    struct Cookbook;
}
