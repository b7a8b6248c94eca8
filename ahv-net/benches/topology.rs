//! What joining, checking and drawing a host cost, and that each stays linear.
//!
//! `cargo bench -p ahv-net --bench topology`. A thousand domains have five thousand ports.

mod large_host;

use ahv_net::{check, render, topology};
use divan::Bencher;
use large_host::large_host;

fn main() {
    divan::main();
}

/// A test run only sees that these run.
const DOMAINS: [usize; 4] = if cfg!(debug_assertions) {
    [1, 2, 4, 8]
} else {
    [1_000, 2_000, 4_000, 8_000]
};

#[divan::bench(args = DOMAINS)]
fn join(bencher: Bencher<'_, '_>, domains: usize) {
    let observed = large_host(domains);
    bencher.bench(|| topology::join(&observed));
}

#[divan::bench(args = DOMAINS)]
fn check_every_rule(bencher: Bencher<'_, '_>, domains: usize) {
    let topology = topology::join(&large_host(domains));
    bencher.bench(|| check::check(&topology));
}

#[divan::bench(args = DOMAINS)]
fn render_text(bencher: Bencher<'_, '_>, domains: usize) {
    let topology = topology::join(&large_host(domains));
    bencher.bench(|| render::text(&topology));
}

#[divan::bench(args = DOMAINS)]
fn render_svg(bencher: Bencher<'_, '_>, domains: usize) {
    let topology = topology::join(&large_host(domains));
    bencher.bench(|| render::svg(&topology));
}
