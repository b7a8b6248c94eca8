//! The two ways in which libvirt writes a truth value.

use super::word::closed_enum;

closed_enum! {
    /// `yes` or `no`.
    YesNo: "`yes` or `no`" {
        /// `yes`
        Yes = "yes",
        /// `no`
        No = "no",
    }
}

closed_enum! {
    /// `on` or `off`.
    OnOff: "`on` or `off`" {
        /// `on`
        On = "on",
        /// `off`
        Off = "off",
    }
}

impl YesNo {
    /// Whether it is `yes`.
    ///
    /// # Examples
    /// ```
    /// use libvirt_model::vocab::YesNo;
    ///
    /// assert!(YesNo::Yes.is_yes() && !YesNo::from(false).is_yes());
    /// ```
    #[must_use]
    pub fn is_yes(self) -> bool {
        self == Self::Yes
    }
}

impl From<bool> for YesNo {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

impl OnOff {
    /// Whether it is `on`.
    ///
    /// # Examples
    /// ```
    /// use libvirt_model::vocab::OnOff;
    ///
    /// assert!(OnOff::On.is_on() && !OnOff::from(false).is_on());
    /// ```
    #[must_use]
    pub fn is_on(self) -> bool {
        self == Self::On
    }
}

impl From<bool> for OnOff {
    fn from(on: bool) -> Self {
        if on { Self::On } else { Self::Off }
    }
}
