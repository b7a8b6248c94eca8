//! What a reader of networks may ask about the rest of a domain.

use crate::record::record;
use crate::vocab::Scalar;
use crate::xml::{Element, Error};

record! {
    /// `<os>`, as far as it is read.
    #[derive(Default)]
    Os {
        attributes {
            /// `bios` or `efi`.
            firmware: Option<String> = "firmware",
        }
        children {
            /// The kind of guest.
            type_: Option<OsType> = "type",
            /// The loader.
            loader: Option<String> = "loader",
            /// The kernel that is booted directly.
            kernel: Option<String> = "kernel",
            /// Its initial RAM disk.
            initrd: Option<String> = "initrd",
            /// Its command line.
            cmdline: Option<String> = "cmdline",
        }
    }
}

/// `<type>` of an [`Os`].
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct OsType {
    /// `hvm`, `exe`, `xen`, …
    pub name: String,
    /// The architecture.
    pub arch: Option<String>,
    /// The machine type.
    pub machine: Option<String>,
}

impl crate::record::Record for OsType {
    fn read(element: Element<'_>) -> Result<Self, Error> {
        let owned = |name| element.value(name).map(str::to_owned);
        Ok(Self {
            name: element.text().trim().to_owned(),
            arch: owned("arch"),
            machine: owned("machine"),
        })
    }

    fn write(&self, tag: &str) -> crate::xml::Fragment {
        let mut fragment = crate::xml::Fragment::new(tag);
        if let Some(arch) = &self.arch {
            fragment.push_attribute("arch", arch.as_str());
        }
        if let Some(machine) = &self.machine {
            fragment.push_attribute("machine", machine.as_str());
        }
        fragment.text(self.name.clone())
    }
}

/// `<memory>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Memory {
    /// The size in bytes.
    pub bytes: u64,
}

impl Memory {
    pub(super) fn read(element: Element<'_>) -> Result<Self, Error> {
        let number: u64 = crate::record::read_text(element)?;
        let unit = element.value("unit").unwrap_or("KiB");
        let factor: u64 = match unit {
            "b" | "bytes" => 1,
            "KB" => 1000,
            "k" | "KiB" => 1 << 10,
            "MB" => 1_000_000,
            "M" | "MiB" => 1 << 20,
            "GB" => 1_000_000_000,
            "G" | "GiB" => 1 << 30,
            "TB" => 1_000_000_000_000,
            "T" | "TiB" => 1 << 40,
            other => {
                let offset = element
                    .attribute("unit")
                    .map_or(element.span().start, |unit| unit.value_span().start);
                let place = format!("<{} unit>", element.qualified_name());
                return Err(Error::value(
                    element.document(),
                    offset,
                    place,
                    other,
                    "not a unit that libvirt knows",
                ));
            }
        };
        let bytes = number.checked_mul(factor).ok_or_else(|| {
            let place = format!("<{}>", element.qualified_name());
            Error::value(
                element.document(),
                element.span().start,
                place,
                &number.print(),
                "more memory than can be",
            )
        })?;
        Ok(Self { bytes })
    }
}
