//! Brands: how authentik looks under a domain. Kept for blueprints; our pages look the same under every domain.

use super::Mapping;
use super::id::BrandId;

/// A brand.
#[derive(Debug, Clone, PartialEq)]
pub struct Brand {
    /// Its id.
    pub id: BrandId,
    /// The domain that it is for.
    pub domain: String,
    /// Whether it is for all other domains too; one brand at most.
    pub is_default: bool,
    /// Everything else, as blueprints name it.
    pub settings: Mapping,
}
