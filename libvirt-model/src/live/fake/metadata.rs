//! Metadata of a domain in memory.

use uuid::Uuid;

use super::host::Host;
use super::refusal::{bad_xml, invalid, rejected};
use crate::domain::Domain;
use crate::live::error::code;
use crate::live::{Affect, Definition, Error, Metadata};
use crate::xml::{Document, Element, Fragment};

impl Host {
    pub(super) fn metadata(
        &mut self,
        uuid: Uuid,
        metadata: &Metadata,
        definition: Definition,
    ) -> Result<String, Error> {
        let call = "DomainGetMetadata";
        let domain = self.domain_mut(call, uuid)?;
        let document = match definition {
            Definition::Live => domain.live.as_ref().or(domain.config.as_ref()),
            Definition::Config => domain.config.as_ref(),
        };
        let document = document.ok_or_else(|| invalid(call, "domain is not persistent"))?;
        let found = find(document, metadata).map_err(|error| bad_xml(call, error))?;
        let found = found.ok_or_else(|| {
            rejected(
                call,
                10,
                code::NO_DOMAIN_METADATA,
                "metadata not found: Requested metadata element is not present",
            )
        })?;
        Ok(match metadata {
            Metadata::Element { .. } => found.as_str().to_owned(),
            _ => found.text().into_owned(),
        })
    }

    pub(super) fn set_metadata(
        &mut self,
        uuid: Uuid,
        metadata: &Metadata,
        key: &str,
        value: Option<&str>,
        affect: Affect,
    ) -> Result<(), Error> {
        let call = "DomainSetMetadata";
        let domain = self.domain_mut(call, uuid)?;
        if affect.is_live() && domain.live.is_none() {
            return Err(invalid(call, "domain is not running"));
        }
        let set = |document: &Document| {
            changed(document, metadata, key, value).map_err(|error| bad_xml(call, error))
        };
        let live = domain
            .live
            .as_ref()
            .filter(|_| affect.is_live())
            .map(set)
            .transpose()?;
        if let (true, Some(config)) = (affect.is_config(), &domain.config) {
            domain.config = Some(set(config)?);
        }
        if live.is_some() {
            domain.live = live;
        }
        Ok(())
    }
}

fn find<'d>(document: &'d Document, metadata: &Metadata) -> Result<Option<Element<'d>>, crate::xml::Error> {
    let domain = Domain::of(document)?;
    Ok(match metadata {
        Metadata::Title => domain.element().child("title"),
        Metadata::Description => domain.element().child("description"),
        Metadata::Element { uri } => domain.metadata_of(uri),
    })
}

fn changed(
    document: &Document,
    metadata: &Metadata,
    key: &str,
    value: Option<&str>,
) -> Result<Document, crate::xml::Error> {
    let domain = Domain::of(document)?;
    let mut edit = document.edit();
    if let Some(old) = find(document, metadata)? {
        edit.remove(old);
    }
    let order = ["name", "uuid", "title", "description", "metadata"];
    let new = match (metadata, value) {
        (_, None) => None,
        (Metadata::Title, Some(text)) => Some(Fragment::new("title").text(text)),
        (Metadata::Description, Some(text)) => Some(Fragment::new("description").text(text)),
        (Metadata::Element { uri }, Some(xml)) => {
            let element = Document::parse(xml)?;
            let mut fragment = Fragment::new(format!("{key}:{}", element.root().name()))
                .attribute(format!("xmlns:{key}"), uri);
            for attribute in element.root().attributes() {
                fragment = fragment.attribute(attribute.qualified_name(), attribute.value());
            }
            fragment = element
                .root()
                .children()
                .map(Fragment::of)
                .fold(fragment, Fragment::child);
            let text = element.root().text();
            Some(if text.trim().is_empty() {
                fragment
            } else {
                fragment.text(text)
            })
        }
    };
    if let Some(new) = new {
        match (metadata, domain.metadata()) {
            (Metadata::Element { .. }, Some(parent)) => edit.insert(parent, new, &[]),
            (Metadata::Element { .. }, None) => {
                edit.insert(domain.element(), Fragment::new("metadata").child(new), &order)
            }
            _ => edit.insert(domain.element(), new, &order),
        };
    }
    edit.finish()
}
