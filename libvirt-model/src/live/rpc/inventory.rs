//! The calls about what a host has beside domains and networks, and about typed parameters.

use uuid::Uuid;

use super::Rpc;
use super::message::{DomainHandle, NetworkHandle};
use super::procedure::Procedure;
use super::xdr::{Decoder, Encoder, Malformed};
use crate::live::{
    Affect, Definition, Error, HostInterface, Hypervisor as _, NwFilter, NwFilterBinding, Parameter,
    ParameterValue, detach,
};

/// `VIR_TYPED_PARAM_STRING_OKAY`
const STRINGS: u32 = 1 << 2;

impl Rpc {
    /// Asks for a list: `need_results`, flags → the items, and how many there are.
    async fn list<T>(
        &self,
        procedure: Procedure,
        read: impl FnMut(&mut Decoder) -> Result<T, Malformed> + Send,
    ) -> Result<Vec<T>, Error> {
        let arguments = Encoder::new().i32(1).u32(0).finish();
        self.ask(procedure, arguments, |reply| {
            let items = reply.array(read)?;
            reply.u32()?;
            Ok(items)
        })
        .await
    }

    pub(super) async fn interfaces(&self) -> Result<Vec<HostInterface>, Error> {
        let listed = self
            .list(Procedure::ConnectListAllInterfaces, |reply| {
                Ok((reply.string()?, reply.string()?))
            })
            .await?;
        let mut found = Vec::with_capacity(listed.len());
        for (name, mac) in listed {
            let arguments = Encoder::new().string(&name).string(&mac).u32(0).finish();
            match self
                .ask(Procedure::InterfaceGetXmlDesc, arguments, Decoder::string)
                .await
            {
                Ok(xml) => found.push(HostInterface {
                    mac: mac.parse().ok(),
                    name,
                    xml,
                }),
                // It went away since it was listed.
                Err(error) if error.libvirt().is_some() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    pub(super) async fn filters(&self) -> Result<Vec<NwFilter>, Error> {
        let listed = self
            .list(Procedure::ConnectListAllNwfilters, |reply| {
                Ok((reply.string()?, reply.uuid()?))
            })
            .await?;
        let mut found = Vec::with_capacity(listed.len());
        for (name, uuid) in listed {
            let arguments = Encoder::new().string(&name).uuid(uuid).u32(0).finish();
            match self
                .ask(Procedure::NwfilterGetXmlDesc, arguments, Decoder::string)
                .await
            {
                Ok(xml) => found.push(NwFilter { name, uuid, xml }),
                Err(error) if error.libvirt().is_some() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    pub(super) async fn bindings(&self) -> Result<Vec<NwFilterBinding>, Error> {
        self.list(Procedure::ConnectListAllNwfilterBindings, |reply| {
            Ok(NwFilterBinding {
                port: reply.string()?,
                filter: reply.string()?,
            })
        })
        .await
    }

    pub(super) async fn all_statistics(&self, groups: u32) -> Result<Vec<(Uuid, Vec<Parameter>)>, Error> {
        // No domain named means all of them.
        let arguments = Encoder::new().u32(0).u32(groups).u32(0).finish();
        self.ask(Procedure::ConnectGetAllDomainStats, arguments, |reply| {
            reply.array(|reply| Ok((DomainHandle::read(reply)?.uuid, reply.array(read_parameter)?)))
        })
        .await
    }

    pub(super) async fn parameters(
        &self,
        domain: Uuid,
        target: &str,
        definition: Definition,
    ) -> Result<Vec<Parameter>, Error> {
        let flags = STRINGS
            | if definition == Definition::Config {
                Affect::Config.flags()
            } else {
                0
            };
        let ask = |count: i32| {
            let arguments = Encoder::new()
                .domain(&DomainHandle::of(domain))
                .string(target)
                .i32(count)
                .u32(flags)
                .finish();
            self.ask(Procedure::DomainGetInterfaceParameters, arguments, |reply| {
                Ok((reply.array(read_parameter)?, reply.i32()?))
            })
        };
        // Asked for none, it says how many there are.
        let (_, count) = ask(0).await?;
        Ok(ask(count).await?.0)
    }

    pub(super) async fn write_parameters(
        &self,
        domain: Uuid,
        target: &str,
        parameters: &[Parameter],
        affect: Affect,
    ) -> Result<(), Error> {
        self.writable(Procedure::DomainSetInterfaceParameters)?;
        let count = u32::try_from(parameters.len()).unwrap_or(u32::MAX);
        let arguments = Encoder::new()
            .domain(&DomainHandle::of(domain))
            .string(target)
            .u32(count);
        let arguments = parameters
            .iter()
            .fold(arguments, write_parameter)
            .u32(affect.flags())
            .finish();
        self.ask(Procedure::DomainSetInterfaceParameters, arguments, |_| Ok(()))
            .await
    }

    pub(super) async fn detach_alias(&self, domain: Uuid, alias: &str, affect: Affect) -> Result<(), Error> {
        self.writable(Procedure::DomainDetachDeviceAlias)?;
        let events = if affect.is_live() {
            Some(self.events().await?)
        } else {
            None
        };
        let arguments = Encoder::new()
            .domain(&DomainHandle::of(domain))
            .string(alias)
            .u32(affect.flags())
            .finish();
        self.ask(Procedure::DomainDetachDeviceAlias, arguments, |_| Ok(()))
            .await?;
        match events {
            Some(events) => detach::gone(self, events, domain, alias, self.detach_timeout()).await,
            None => Ok(()),
        }
    }

    pub(super) async fn domain_named(&self, name: &str) -> Result<Uuid, Error> {
        let arguments = Encoder::new().string(name).finish();
        Ok(self
            .ask(Procedure::DomainLookupByName, arguments, DomainHandle::read)
            .await?
            .uuid)
    }

    pub(super) async fn network_named(&self, name: &str) -> Result<Uuid, Error> {
        let arguments = Encoder::new().string(name).finish();
        Ok(self
            .ask(Procedure::NetworkLookupByName, arguments, NetworkHandle::read)
            .await?
            .uuid)
    }

    pub(super) async fn bridge_name(&self, network: Uuid) -> Result<String, Error> {
        let arguments = Encoder::new().network(&NetworkHandle::of(network)).finish();
        self.ask(Procedure::NetworkGetBridgeName, arguments, Decoder::string)
            .await
    }
}

pub(super) fn read_parameter(reply: &mut Decoder) -> Result<Parameter, Malformed> {
    let name = reply.string()?;
    let value = match reply.i32()? {
        1 => ParameterValue::Int(reply.i32()?),
        2 => ParameterValue::UInt(reply.u32()?),
        3 => ParameterValue::LongLong(reply.i64()?),
        4 => ParameterValue::ULongLong(reply.u64()?),
        5 => ParameterValue::Double(reply.f64()?),
        6 => ParameterValue::Boolean(reply.i32()? != 0),
        7 => ParameterValue::Text(reply.string()?),
        _ => return Err(Malformed("a typed parameter is of an unknown type")),
    };
    Ok(Parameter { name, value })
}

fn write_parameter(encoder: Encoder, parameter: &Parameter) -> Encoder {
    let encoder = encoder.string(&parameter.name);
    match &parameter.value {
        ParameterValue::Int(value) => encoder.i32(1).i32(*value),
        ParameterValue::UInt(value) => encoder.i32(2).u32(*value),
        ParameterValue::LongLong(value) => encoder.i32(3).u64(value.cast_unsigned()),
        ParameterValue::ULongLong(value) => encoder.i32(4).u64(*value),
        ParameterValue::Double(value) => encoder.i32(5).u64(value.to_bits()),
        ParameterValue::Boolean(value) => encoder.i32(6).i32(i32::from(*value)),
        ParameterValue::Text(value) => encoder.i32(7).string(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_every_type_are_read_as_written() {
        let values = [
            ParameterValue::Int(-1),
            ParameterValue::UInt(1),
            ParameterValue::LongLong(i64::MIN),
            ParameterValue::ULongLong(u64::MAX),
            ParameterValue::Double(0.5),
            ParameterValue::Boolean(true),
            ParameterValue::Text("x".to_owned()),
        ];
        for value in values {
            let parameter = Parameter {
                name: "inbound.average".to_owned(),
                value,
            };
            let bytes = write_parameter(Encoder::new(), &parameter).finish();
            assert_eq!(read_parameter(&mut Decoder::new(&bytes)), Ok(parameter));
        }
    }
}
