//! The two lists of the Product API and the members of their items.

/// A list that the store serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    /// Groups of products.
    Categories,
    /// Products.
    Products,
}

/// A member of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    CategoryId,
    ProductId,
    DisplayName,
    DisplayNameKo,
    IconFileId,
    IsExposedMenu,
    Seq,
    ServiceGroupColorId,
    Kind,
    ProductCategoryId,
    ProductCategoryName,
    CreatedAt,
    CreatedBy,
    ModifiedAt,
    ModifiedBy,
}

impl List {
    /// The member of a list answer, and of a catalogue file, that holds the items.
    pub(crate) fn member(self) -> &'static str {
        match self {
            Self::Categories => "product_categories",
            Self::Products => "products",
        }
    }

    /// What one item is called in sentences.
    pub(crate) fn item(self) -> &'static str {
        match self {
            Self::Categories => "category",
            Self::Products => "product",
        }
    }

    /// The member that identifies an item.
    pub(crate) fn id(self) -> Field {
        match self {
            Self::Categories => Field::CategoryId,
            Self::Products => Field::ProductId,
        }
    }

    /// The operation that shows one item.
    pub(crate) fn show(self) -> &'static str {
        match self {
            Self::Categories => "ShowProductCategory",
            Self::Products => "ShowProduct",
        }
    }

    /// The members of an item, in the order of the reference.
    pub(crate) fn fields(self) -> &'static [Field] {
        use Field::{
            CategoryId, CreatedAt, CreatedBy, DisplayName, DisplayNameKo, IconFileId, IsExposedMenu, Kind, ModifiedAt,
            ModifiedBy, ProductCategoryId, ProductCategoryName, ProductId, Seq, ServiceGroupColorId,
        };
        match self {
            Self::Categories => &[
                CategoryId,
                DisplayName,
                DisplayNameKo,
                IconFileId,
                IsExposedMenu,
                Seq,
                ServiceGroupColorId,
                CreatedAt,
                CreatedBy,
                ModifiedAt,
                ModifiedBy,
            ],
            Self::Products => &[
                ProductId,
                DisplayName,
                DisplayNameKo,
                Kind,
                ProductCategoryId,
                ProductCategoryName,
                CreatedAt,
                CreatedBy,
                ModifiedAt,
                ModifiedBy,
            ],
        }
    }

    /// The member of this name.
    pub(crate) fn field(self, name: &str) -> Option<Field> {
        self.fields().iter().copied().find(|field| field.name() == name)
    }
}

impl Field {
    /// Its name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CategoryId => "category_id",
            Self::ProductId => "product_id",
            Self::DisplayName => "display_name",
            Self::DisplayNameKo => "display_name_ko",
            Self::IconFileId => "icon_file_id",
            Self::IsExposedMenu => "is_exposed_menu",
            Self::Seq => "seq",
            Self::ServiceGroupColorId => "service_group_color_id",
            Self::Kind => "kind",
            Self::ProductCategoryId => "product_category_id",
            Self::ProductCategoryName => "product_category_name",
            Self::CreatedAt => "created_at",
            Self::CreatedBy => "created_by",
            Self::ModifiedAt => "modified_at",
            Self::ModifiedBy => "modified_by",
        }
    }

    /// Whether it is a time.
    pub(crate) fn is_time(self) -> bool {
        matches!(self, Self::CreatedAt | Self::ModifiedAt)
    }

    /// Whether it is a name, which the setting `name-match` governs.
    pub(crate) fn is_name(self) -> bool {
        matches!(self, Self::DisplayName | Self::DisplayNameKo)
    }
}
