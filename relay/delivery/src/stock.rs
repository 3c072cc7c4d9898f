//! Bringing a quantity to a target: the one amount the relay computes.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use ledger_plan::json::Node;
use ledger_plan::{Resource, refs};
use ledger_sage::entity::{Entity, decimal};
use ledger_store::{Reason, Verdict};

use super::Fault;
use super::prepare::Prepared;
use super::work::Work;

impl Work<'_> {
    /// Reads what Sage has and freezes the movement that is missing; nothing when none is.
    pub(super) async fn movement(
        &self,
        ids: &BTreeMap<String, String>,
        renewals: u32,
    ) -> Result<Prepared, Fault> {
        let target = self
            .step
            .target
            .ok_or(Fault::Contradiction("a movement without a target"))?;
        let place = format!("/{}/stock_item_id", self.step.resource.entity());
        let item = self
            .step
            .body
            .at(&place)
            .ok_or(Fault::Contradiction("a movement of nothing"))?;
        let id = match refs::resolve(item, ids) {
            Ok(Node::Text(id)) => id,
            Ok(_) => return Err(Fault::Contradiction("a stock item that is no id")),
            Err(missing) => return Ok(Prepared::Halt(self.unresolved(&missing))),
        };
        let path = format!("{}/{id}", Resource::StockItems.path());
        let stock_item = self.session.read(&path, &[], Entity::parse).await;
        let stock_item = match stock_item {
            Ok(stock_item) => stock_item,
            Err(failure) => return Ok(Prepared::Halt(self.after_search(failure.into(), false))),
        };
        let stated = stock_item
            .text("quantity_in_stock")
            .and_then(|text| decimal(&text));
        let Some(difference) = stated.and_then(|stated| target.checked_sub(stated)) else {
            let detail = "Sage's answer states no quantity in stock; nothing could be compared.";
            let reason = Reason::new("stock_not_stated", detail).at(self.pointer("/body"));
            return Ok(Prepared::Halt(Verdict::Refuse(reason)));
        };
        if difference.is_zero() {
            return Ok(Prepared::Nothing);
        }
        self.freeze(ids, "", Some(&plain(difference)), renewals)
    }
}

/// A decimal without exponent and without idle zeros.
fn plain(difference: Decimal) -> String {
    difference.normalize().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_exact_and_plain() {
        let difference = |target: &str, stated: &str| {
            let (target, stated) = (decimal(target).unwrap(), decimal(stated).unwrap());
            plain(target.checked_sub(stated).unwrap())
        };
        assert_eq!(difference("42", "0.0"), "42");
        assert_eq!(difference("0.3", "0.1"), "0.2");
        assert_eq!(difference("5", "12.50"), "-7.5");
        assert_eq!(difference("1000000", "1e6"), "0");
        assert_eq!(difference("1E+3", "0"), "1000");
    }
}
