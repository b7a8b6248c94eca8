use crate::observe::KernelObservation;
use crate::observe::kernel::FixedKernel;

const KERNEL: &str = include_str!("reference/kernel.json");

/// The links, addresses and routes that the captures show.
#[expect(
    clippy::expect_used,
    reason = "the file is part of this crate, and a test reads it"
)]
pub(crate) fn kernel() -> FixedKernel {
    let observation: KernelObservation =
        serde_json::from_str(KERNEL).expect("kernel.json holds links and routes");
    FixedKernel::new("embedded", observation)
}
