use async_trait::async_trait;

/// Hears of each step of a plan that is applied. The next step waits for it.
#[async_trait]
pub trait Progress: Send + Sync {
    /// This step is about to be done.
    async fn about_to(&self, step: &str);

    /// It is done. Of the last step this is written down when this returns: be brief.
    async fn done(&self, step: &str) {
        let _ = step;
    }

    /// It is not done after a second, as this is waited for: `ovs-vswitchd`, which has
    /// [`ApplyOptions::take_in`](super::ApplyOptions::take_in) to take the change in. Said of an undo, too.
    async fn waiting(&self, what: &str) {
        let _ = what;
    }
}
