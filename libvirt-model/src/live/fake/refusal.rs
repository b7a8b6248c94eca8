//! The errors that libvirt would give.

use uuid::Uuid;

use crate::live::error::code;
use crate::live::{Error, LibvirtError};

/// `VIR_FROM_QEMU`
const FROM_QEMU: i32 = 10;
/// `VIR_FROM_NETWORK`
const FROM_NETWORK: i32 = 19;

pub(super) fn rejected(call: &str, domain: i32, code: i32, message: impl Into<String>) -> Error {
    Error::Rejected {
        call: call.to_owned(),
        error: LibvirtError {
            domain,
            code,
            message: message.into(),
        },
    }
}

pub(super) fn no_domain(call: &str, uuid: Uuid) -> Error {
    rejected(
        call,
        FROM_QEMU,
        code::NO_DOMAIN,
        format!("Domain not found: no domain with matching uuid '{uuid}'"),
    )
}

pub(super) fn no_network(call: &str, uuid: Uuid) -> Error {
    rejected(
        call,
        FROM_NETWORK,
        code::NO_NETWORK,
        format!("Network not found: no network with matching uuid '{uuid}'"),
    )
}

pub(super) fn invalid(call: &str, message: &str) -> Error {
    let message = format!("Requested operation is not valid: {message}");
    rejected(call, FROM_QEMU, code::OPERATION_INVALID, message)
}

pub(super) fn unsupported(call: &str, message: &str) -> Error {
    rejected(
        call,
        FROM_QEMU,
        code::OPERATION_UNSUPPORTED,
        format!("Operation not supported: {message}"),
    )
}

pub(super) fn no_device(call: &str) -> Error {
    rejected(
        call,
        FROM_QEMU,
        code::DEVICE_MISSING,
        "device not found: no matching network device was found",
    )
}

pub(super) fn bad_xml(call: &str, message: impl std::fmt::Display) -> Error {
    rejected(call, FROM_QEMU, code::XML_ERROR, format!("XML error: {message}"))
}
