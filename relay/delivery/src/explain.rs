//! A refusal in the shop's words: which field of Magento, why, and what to do.

use ledger_core::envelope;

use ledger_sage::envelope::Refusal;
use ledger_store::ShopCause;

use super::work::Work;

impl Work<'_> {
    /// The causes behind a refusal of this step.
    pub(super) fn causes(&self, refusal: &Refusal) -> Vec<ShopCause> {
        let plan = String::from_utf8_lossy(&self.run.plan);
        envelope::explain(&refusal.reply, &plan, &self.index.to_string())
            .into_iter()
            .map(|cause| ShopCause {
                code: cause.code.as_str().to_owned(),
                pointer: cause.pointer,
                what: cause.what,
                why: cause.why,
                suggestion: cause.suggestion,
            })
            .collect()
    }
}
