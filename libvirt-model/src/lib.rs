//! Typed libvirt XML that loses nothing when edited, and live access to libvirtd.
