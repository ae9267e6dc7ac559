# Samsung Cloud Platform.
scp-name = Samsung Cloud Platform
scp-lead = The platform calls nobody: programs of vendors call its Product API. Here is what they are told, and a check of what they sign.
scp-served-at = The Product API is served at
scp-catalogue = Catalogue
scp-catalogue-what = Categories and products as clients get them. Rows that were made up are marked; whether clients are told of them is a setting.
scp-search = Search for an id, a name or a category
scp-search-button = Search
scp-found = { $count ->
    [one] One row.
   *[other] { $count } rows.
  }
scp-categories = Categories
scp-products = Products
scp-id = Id
scp-english = Name
scp-korean = Korean name
scp-category = Category
scp-evidence = How it is known
scp-served = Told to clients
scp-documented = documented
scp-observed = observed
scp-inferred = inferred
scp-invented = made up
scp-yes = yes
scp-no = no
scp-ask = Ask it yourself
scp-versions = The list of versions needs no signature
scp-keys = The keys that clients sign with:
