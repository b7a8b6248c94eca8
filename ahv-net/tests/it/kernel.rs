//! rtnetlink against the running kernel, here and in another network namespace.

use ahv_net::observe::kernel::{Kernel, KernelError, Namespace, Netlink};
use test_support::Suite;

use crate::runtime;

pub(crate) fn cases(suite: &mut Suite) {
    suite.case("kernel: the own namespace has its loopback device", || {
        let kernel = Netlink::new(Namespace::Own);
        let observation = runtime().block_on(kernel.observe())?;
        let loopback = observation
            .links
            .iter()
            .find(|link| link.loopback)
            .ok_or("no loopback device")?;
        assert_eq!(
            (loopback.name.as_str(), loopback.mac, kernel.describe().as_str()),
            ("lo", None, "local")
        );
        Ok(())
    });
    suite.case(
        "kernel: a namespace that is not there is one sentence that says what to do",
        || {
            let kernel = Netlink::new(Namespace::Path("/nonexistent/ns".into()));
            let error = runtime()
                .block_on(kernel.observe())
                .expect_err("there is no such file");
            assert!(matches!(error, KernelError::Namespace { .. }));
            assert_eq!(
                error.to_string(),
                "cannot enter the network namespace /nonexistent/ns: No such file or directory (os error 2); \
             name the file of a living namespace, such as /proc/PID/ns/net"
            );
            Ok(())
        },
    );
    suite.case("kernel: a file that is no namespace is refused", || {
        let kernel = Netlink::new(Namespace::Path("/proc/self/status".into()));
        let error = runtime()
            .block_on(kernel.observe())
            .expect_err("it is no namespace");
        assert!(
            error.to_string().contains("name a network namespace's file"),
            "{error}"
        );
        Ok(())
    });
}
