//! How a plain struct stands for one kind of element: read from it, and written as one.

use crate::vocab::Scalar;
use crate::xml::{Attribute, Edit, Element, Error, Fragment};

/// A value that an element holds.
pub(crate) trait Record: Sized {
    fn read(element: Element<'_>) -> Result<Self, Error>;
    fn write(&self, tag: &str) -> Fragment;
}

/// A field that is an attribute.
pub(crate) trait AttributeField: Sized {
    /// Reads the attribute `name` of `element`, which is `found`.
    fn read(element: Element<'_>, name: &str, found: Option<Attribute<'_>>) -> Result<Self, Error>;
    fn write(&self, name: &str, into: &mut Fragment);
}

/// A field that is a child element, or several of one name.
pub(crate) trait ChildField: Sized {
    fn read(element: Element<'_>, name: &str) -> Result<Self, Error>;
    fn write(&self, name: &str, into: &mut Fragment);
}

pub(crate) fn read_attribute<T: Scalar>(element: Element<'_>, name: &str) -> Result<Option<T>, Error> {
    AttributeField::read(element, name, element.attribute(name))
}

fn read_value<T: Scalar>(element: Element<'_>, name: &str, attribute: Attribute<'_>) -> Result<T, Error> {
    T::read(attribute.value()).map_err(|reason| {
        let place = format!("<{} {name}>", element.qualified_name());
        Error::value(
            element.document(),
            attribute.value_span().start,
            place,
            attribute.value(),
            reason,
        )
    })
}

pub(crate) fn read_text<T: Scalar>(element: Element<'_>) -> Result<T, Error> {
    let text = element.text();
    T::read(text.trim()).map_err(|reason| {
        let offset = element
            .content()
            .map_or(element.span().start, |content| content.start);
        Error::value(
            element.document(),
            offset,
            format!("<{}>", element.qualified_name()),
            &text,
            reason,
        )
    })
}

impl<T: Scalar> AttributeField for Option<T> {
    // Most attributes are absent, which shall cost no call.
    #[inline]
    fn read(element: Element<'_>, name: &str, found: Option<Attribute<'_>>) -> Result<Self, Error> {
        match found {
            Some(attribute) => read_value(element, name, attribute).map(Some),
            None => Ok(None),
        }
    }

    fn write(&self, name: &str, into: &mut Fragment) {
        if let Some(value) = self {
            into.push_attribute(name, value.print());
        }
    }
}

impl<T: Scalar> AttributeField for T {
    fn read(element: Element<'_>, name: &str, found: Option<Attribute<'_>>) -> Result<Self, Error> {
        <Option<T> as AttributeField>::read(element, name, found)?
            .ok_or_else(|| Error::missing(element, format!("the attribute `{name}`")))
    }

    fn write(&self, name: &str, into: &mut Fragment) {
        into.push_attribute(name, self.print());
    }
}

impl<T: Record> ChildField for Option<T> {
    fn read(element: Element<'_>, name: &str) -> Result<Self, Error> {
        element.child(name).map(T::read).transpose()
    }

    fn write(&self, name: &str, into: &mut Fragment) {
        if let Some(value) = self {
            into.push_child(value.write(name));
        }
    }
}

impl<T: Record> ChildField for Vec<T> {
    fn read(element: Element<'_>, name: &str) -> Result<Self, Error> {
        element.children_named(name).map(T::read).collect()
    }

    fn write(&self, name: &str, into: &mut Fragment) {
        for value in self {
            into.push_child(value.write(name));
        }
    }
}

/// An element that holds one value as its text, as `<hostname>a</hostname>`: the text of a scalar is a record too.
impl<T: Scalar> Record for T {
    fn read(element: Element<'_>) -> Result<Self, Error> {
        read_text(element)
    }

    fn write(&self, tag: &str) -> Fragment {
        Fragment::new(tag).text(self.print())
    }
}

/// Asks `edit` to make the children `name` of `parent` what `value` says. A value that cannot be read is replaced as a whole;
/// of one that can, only what differs is touched.
pub(crate) fn edit_part<'d, T: ChildField>(
    edit: &mut Edit<'d>,
    parent: Element<'d>,
    name: &str,
    value: &T,
    order: &[&str],
) {
    let before = T::read(parent, name).ok();
    edit.update_children(
        parent,
        name,
        before.as_ref().map(|value| written(name, value)).as_deref(),
        &written(name, value),
        order,
    );
}

/// The elements as which a part is written.
pub(crate) fn written<T: ChildField>(name: &str, value: &T) -> Vec<Fragment> {
    let mut holder = Fragment::new("holder");
    value.write(name, &mut holder);
    holder.children().cloned().collect()
}

/// An element that a builder puts together, its parts in the order in which libvirt writes them.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    fragment: Fragment,
    order: &'static [&'static str],
    parts: Vec<(usize, Fragment)>,
}

impl Parts {
    /// The element without its parts.
    pub(crate) fn of(fragment: Fragment, order: &'static [&'static str]) -> Self {
        Self {
            fragment,
            order,
            parts: Vec::new(),
        }
    }

    /// Makes `value` the part of this name.
    pub(crate) fn set<T: ChildField>(mut self, name: &str, value: &T) -> Self {
        let known = self.order.iter().position(|known| *known == name);
        let rank = known.unwrap_or(self.order.len());
        self.parts.retain(|(known, _)| *known != rank);
        self.parts
            .extend(written(name, value).into_iter().map(|part| (rank, part)));
        self
    }

    /// The element with its parts.
    pub(crate) fn build(mut self) -> Fragment {
        self.parts.sort_by_key(|(rank, _)| *rank);
        self.parts
            .into_iter()
            .fold(self.fragment, |fragment, (_, part)| fragment.child(part))
    }
}

/// Declares accessors of a view that read one part of its element each.
macro_rules! part_accessors {
    ($view:ident; $($(#[$meta:meta])* $accessor:ident: $type:ty = $name:literal,)+) => {
        impl $view<'_> {
            $(
                $(#[$meta])*
                ///
                /// # Errors
                /// When a value in it makes no sense; the error says where.
                pub fn $accessor(&self) -> Result<$type, Error> {
                    <$type as $crate::record::ChildField>::read(self.element, $name)
                }
            )+
        }
    };
}

/// Declares a setter of the editor for each part, and one of the builder.
macro_rules! part_setters {
    ($editor:ident, $builder:ident; $($(#[$meta:meta])* $part:ident: $type:ty = $name:literal,)+) => {
        impl $editor<'_, '_> {
            $(
                $(#[$meta])*
                pub fn $part(&mut self, value: impl Into<$type>) -> &mut Self {
                    $crate::record::edit_part(self.edit, self.element, $name, &value.into(), ORDER);
                    self
                }
            )+
        }

        impl $builder {
            $(
                $(#[$meta])*
                pub fn $part(self, value: impl Into<$type>) -> Self {
                    let value: $type = value.into();
                    Self {
                        parts: self.parts.set($name, &value),
                    }
                }
            )+

            /// The element.
            #[must_use]
            pub fn build(self) -> Fragment {
                self.parts.build()
            }

            /// The element as a document of its own, as libvirt takes it.
            ///
            /// # Errors
            /// When a name in it is not one that XML can hold.
            pub fn document(self) -> Result<Document, Error> {
                Document::parse(self.build().to_string())
            }
        }
    };
}

/// Declares the struct of one kind of element.
///
/// Reading takes what it knows and leaves the rest in the document; writing writes what it knows. An edit compares the two
/// writings, before and after, and so touches nothing that it does not know.
macro_rules! record {
    (
        $(#[$meta:meta])*
        $name:ident {
            $(attributes { $($(#[$attribute_meta:meta])* $attribute:ident: $attribute_type:ty = $attribute_name:literal,)* })?
            $(children { $($(#[$child_meta:meta])* $child:ident: $child_type:ty = $child_name:literal,)* })?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub struct $name {
            $($($(#[$attribute_meta])* pub $attribute: $attribute_type,)*)?
            $($($(#[$child_meta])* pub $child: $child_type,)*)?
        }

        impl $crate::record::Record for $name {
            fn read(element: $crate::xml::Element<'_>) -> Result<Self, $crate::xml::Error> {
                // One pass over what is there, which is less than what could be.
                $(
                    $(let mut $attribute = None;)*
                    for attribute in element.unprefixed_attributes() {
                        match attribute.name() {
                            $($attribute_name => $attribute = Some(attribute),)*
                            _ => {}
                        }
                    }
                )?
                Ok(Self {
                    $($($attribute: <$attribute_type as $crate::record::AttributeField>::read(
                        element,
                        $attribute_name,
                        $attribute,
                    )?,)*)?
                    $($($child: <$child_type as $crate::record::ChildField>::read(element, $child_name)?,)*)?
                })
            }

            fn write(&self, tag: &str) -> $crate::xml::Fragment {
                #[allow(unused_mut, reason = "a record may have no field")]
                let mut fragment = $crate::xml::Fragment::new(tag);
                $($($crate::record::AttributeField::write(&self.$attribute, $attribute_name, &mut fragment);)*)?
                $($($crate::record::ChildField::write(&self.$child, $child_name, &mut fragment);)*)?
                fragment
            }
        }
    };
}

pub(crate) use {part_accessors, part_setters, record};
