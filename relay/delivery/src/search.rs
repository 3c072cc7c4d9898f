//! Did it land? Looking for an object in Sage, exactly.
//!
//! Sage's search is fuzzy: it finds names, parts, neighbours. Nothing it finds is believed
//! before every key of `find` is equal. The e-mail is a check and not a search key: the same
//! reference with another e-mail is somebody else.

use ledger_plan::Resource;
use ledger_sage::entity::{Entity, Page};
use ledger_sage::oauth::TokenError;

use super::Fault;
use super::classify::Class;
use super::criteria::Criteria;
use super::session::{ReadError, SageSession};

const PER_PAGE: &str = "200";
/// A fuzzy search with more pages than this is no search.
const MAX_PAGES: u32 = 10;

/// What a search found.
#[derive(Debug)]
pub(super) enum Found {
    Nothing,
    One(Box<Entity>),
    SearchFailure(SearchFailure),
}

/// Neither found nor surely absent.
#[derive(Debug)]
pub(super) enum SearchFailure {
    /// More than one object equals; their ids.
    Several(Vec<String>),
    /// None equals, but these have the number of the document and differ in contact or total.
    Different(Vec<String>),
    /// The reference belongs to a contact with another e-mail.
    Stranger,
    /// The search itself failed in this way.
    Failed(Class),
    /// There is no token to search with.
    NoToken(TokenError),
}

/// Looks for the object of a step.
pub(super) async fn search(
    session: &SageSession<'_>,
    criteria: &Criteria<'_>,
) -> Result<Found, Fault> {
    let resource = criteria.step.resource;
    let mut matching: Vec<Entity> = Vec::new();
    let mut different = Vec::new();
    for page in 1..=MAX_PAGES {
        let number = page.to_string();
        let mut query = vec![
            ("attributes", "all"),
            ("items_per_page", PER_PAGE),
            ("page", number.as_str()),
        ];
        query.extend(criteria.query());
        let page = match session.read(resource.path(), &query, Page::parse).await {
            Ok(page) => page,
            Err(error) => return Ok(Found::SearchFailure(error.into())),
        };
        for entity in page.items {
            if criteria.differs(&entity) && !owned_by_another(session, criteria, &entity).await? {
                different.extend(entity.id());
                continue;
            }
            match exact(session, criteria, entity).await? {
                Ok(entity) => matching.extend(entity),
                Err(failure) => return Ok(Found::SearchFailure(failure)),
            }
        }
        if !page.more {
            break;
        }
    }
    let ids: Vec<String> = matching.iter().filter_map(Entity::id).collect();
    Ok(match (matching.pop(), matching.is_empty()) {
        (None, _) if !different.is_empty() => {
            Found::SearchFailure(SearchFailure::Different(different))
        }
        (None, _) => Found::Nothing,
        (Some(entity), true) if criteria.is_stranger(&entity) => {
            Found::SearchFailure(SearchFailure::Stranger)
        }
        (Some(entity), true) => Found::One(Box::new(entity)),
        (Some(_), false) => Found::SearchFailure(SearchFailure::Several(ids)),
    })
}

/// The entity when it is the one looked for; asks for the whole object when the list shows too little.
async fn exact(
    session: &SageSession<'_>,
    criteria: &Criteria<'_>,
    listed: Entity,
) -> Result<Result<Option<Entity>, SearchFailure>, Fault> {
    let Some(id) = listed.id() else {
        return Ok(Ok(None));
    };
    let lacks_email = criteria.get("email").is_some() && listed.email().is_none();
    // A void document is nobody's: its status must have been seen.
    let documents = [Resource::SalesInvoices, Resource::SalesCreditNotes];
    let lacks_status =
        documents.contains(&criteria.step.resource) && listed.value("status_id").is_none();
    let entity = match criteria.equals(&listed) {
        Some(false) => return Ok(Ok(None)),
        Some(true) if !lacks_email && !lacks_status => listed,
        Some(true) | None => {
            let path = format!("{}/{id}", criteria.step.resource.path());
            let query = [("nested_attributes", "all")];
            match session.read(&path, &query, Entity::parse).await {
                Ok(entity) => entity,
                Err(error) => return Ok(Err(error.into())),
            }
        }
    };
    if criteria.equals(&entity) != Some(true) || entity.is_gone() {
        return Ok(Ok(None));
    }
    let taken = owned_by_another(session, criteria, &entity).await?;
    Ok(Ok((!taken).then_some(entity)))
}

/// A document that already stands for another one of the shop's is not this one.
async fn owned_by_another(
    session: &SageSession<'_>,
    criteria: &Criteria<'_>,
    entity: &Entity,
) -> Result<bool, Fault> {
    let resource = criteria.step.resource;
    let Some(id) = entity.id().filter(|_| resource != Resource::Contacts) else {
        return Ok(false);
    };
    let store = &session.engine.store;
    let owner = store.owner(session.lease, resource.path(), &id).await?;
    Ok(owner.is_some_and(|owner| owner != criteria.step.xref))
}

impl From<ReadError> for SearchFailure {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Failed(class) => Self::Failed(class),
            ReadError::NotFound(refusal) => Self::Failed(Class::Refused(refusal)),
            ReadError::NoToken(error) => Self::NoToken(error),
        }
    }
}
