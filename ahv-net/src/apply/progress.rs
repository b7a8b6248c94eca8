use async_trait::async_trait;

/// Hears of each step of a plan that is applied. The next step waits for it.
#[async_trait]
pub trait Progress: Send + Sync {
    /// This step is about to be done.
    async fn about_to(&self, step: &str);

    /// It is done.
    async fn done(&self, step: &str) {
        let _ = step;
    }
}
