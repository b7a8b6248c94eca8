//! Sees and safely changes the virtual network of a KVM + Open vSwitch host, Nutanix AHV among them.
