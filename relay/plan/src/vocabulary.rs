//! The words of a plan: operations and resources.

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Find by natural key, adopt or create.
    Ensure,
    /// Create, once.
    Create,
    /// Bring what exists to the body, create what does not.
    Update,
    /// Bring a quantity to a target.
    Adjust,
    /// Set documents off against each other, once.
    Allocate,
    /// Void what stands in Sage, and see that it is not posted any more.
    Void,
    /// Delete what stands in Sage and posts nothing, and see that it is not made any more.
    Remove,
    /// Name another object on what stands in Sage, and see that it is not made any more.
    Link,
}

impl Op {
    const ALL: [Self; 8] = [
        Self::Ensure,
        Self::Create,
        Self::Update,
        Self::Adjust,
        Self::Allocate,
        Self::Void,
        Self::Remove,
        Self::Link,
    ];

    /// The word in a plan.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ensure => "ensure",
            Self::Create => "create",
            Self::Update => "update",
            Self::Adjust => "adjust",
            Self::Allocate => "allocate",
            Self::Void => "void",
            Self::Remove => "remove",
            Self::Link => "link",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|op| op.word() == word)
    }

    /// Whether the operation ends what another plan makes: it makes nothing itself.
    pub fn ends(self) -> bool {
        matches!(self, Self::Void | Self::Remove | Self::Link)
    }

    /// Whether the operation makes sense for a resource. What is money is never changed afterwards.
    pub(crate) fn suits(self, resource: Resource) -> bool {
        use Resource as R;
        match resource {
            R::Contacts | R::Products | R::Services | R::StockItems => {
                matches!(self, Self::Ensure | Self::Create | Self::Update)
            }
            R::SalesInvoices => matches!(self, Self::Create | Self::Void),
            R::SalesEstimates | R::SalesQuotes => {
                matches!(self, Self::Update | Self::Remove | Self::Link)
            }
            R::SalesCreditNotes | R::ContactPayments => self == Self::Create,
            R::ContactAllocations => self == Self::Allocate,
            R::StockMovements => self == Self::Adjust,
        }
    }
}

/// A Sage resource that can be posted and found again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are Sage's entities")]
pub enum Resource {
    Contacts,
    SalesInvoices,
    SalesCreditNotes,
    SalesEstimates,
    SalesQuotes,
    ContactPayments,
    ContactAllocations,
    Products,
    Services,
    StockItems,
    StockMovements,
}

impl Resource {
    const ALL: [Self; 11] = [
        Self::Contacts,
        Self::SalesInvoices,
        Self::SalesCreditNotes,
        Self::SalesEstimates,
        Self::SalesQuotes,
        Self::ContactPayments,
        Self::ContactAllocations,
        Self::Products,
        Self::Services,
        Self::StockItems,
        Self::StockMovements,
    ];

    /// The path below the API's base, which is also the word in a plan.
    pub fn path(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::SalesInvoices => "sales_invoices",
            Self::SalesCreditNotes => "sales_credit_notes",
            Self::SalesEstimates => "sales_estimates",
            Self::SalesQuotes => "sales_quotes",
            Self::ContactPayments => "contact_payments",
            Self::ContactAllocations => "contact_allocations",
            Self::Products => "products",
            Self::Services => "services",
            Self::StockItems => "stock_items",
            Self::StockMovements => "stock_movements",
        }
    }

    /// The key around the entity in a request body: the path in the singular.
    pub fn entity(self) -> &'static str {
        match self {
            Self::Contacts => "contact",
            Self::SalesInvoices => "sales_invoice",
            Self::SalesCreditNotes => "sales_credit_note",
            Self::SalesEstimates => "sales_estimate",
            Self::SalesQuotes => "sales_quote",
            Self::ContactPayments => "contact_payment",
            Self::ContactAllocations => "contact_allocation",
            Self::Products => "product",
            Self::Services => "service",
            Self::StockItems => "stock_item",
            Self::StockMovements => "stock_movement",
        }
    }

    /// The resource of a path of the API.
    pub fn from_path(path: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|resource| resource.path() == path)
    }

    pub(crate) fn from_entity(entity: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|resource| resource.entity() == entity)
    }
}
