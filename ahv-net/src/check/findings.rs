use super::{Finding, Fix, Object, Rule, Severity};

/// Where a rule puts what it finds.
pub(super) struct Findings<'r> {
    rule: &'r Rule,
    list: Vec<Finding>,
}

/// What a rule has to say of one object; the rule itself gives the rest.
#[must_use = "nothing is found before `Findings::add`"]
pub(super) struct Draft {
    objects: Vec<Object>,
    what: String,
    severity: Option<Severity>,
    fixes: Vec<Fix>,
}

/// Begins a finding: the main object, and what was seen, in one sentence.
pub(super) fn about(object: Object, what: impl Into<String>) -> Draft {
    Draft {
        objects: vec![object],
        what: what.into(),
        severity: None,
        fixes: Vec::new(),
    }
}

impl Draft {
    /// A further object that it is about.
    pub(super) fn with(mut self, object: Object) -> Self {
        self.objects.push(object);
        self
    }

    /// Another severity than the rule's own.
    pub(super) fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// A command that mends it.
    pub(super) fn fix(mut self, fix: Fix) -> Self {
        self.fixes.push(fix);
        self
    }

    /// Commands that mend it, each on its own.
    pub(super) fn fixes(mut self, fixes: impl IntoIterator<Item = Fix>) -> Self {
        self.fixes.extend(fixes);
        self
    }
}

impl<'r> Findings<'r> {
    pub(super) fn of(rule: &'r Rule) -> Self {
        Self {
            rule,
            list: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, draft: Draft) {
        self.list.push(Finding {
            rule: self.rule.id.to_owned(),
            severity: draft.severity.unwrap_or(self.rule.severity),
            objects: draft.objects,
            what: draft.what,
            why: self.rule.why.to_owned(),
            fixes: draft.fixes,
        });
    }

    pub(super) fn into_list(self) -> Vec<Finding> {
        self.list
    }
}
