# How each requirement stands, and how much was seen.
to-do = What is still to be done
to-do-lead = Nobody can call the vendor ready before these are settled.
to-do-untested = Not tested
to-do-unstated = To be looked at by a person
to-do-paste = State them in storeproof.toml: who looked, when, and where that can be seen.
requirements = Requirements of the store
requirements-lead = Every requirement that applies to this product, how it stands, and what shows it.
requirements-none = No requirement applies to this product.
legend = What the words mean
standing = Standing
requirement = Requirement
shown-by = Shown by
owner = Owner
statements = What people state
statements-lead = No program can judge these. A person has looked at each, or has still to do so.
who = Who
stated-when = When
stated-where = Where it can be seen
not-applying =
    { $count ->
        [one] One requirement that does not apply to this product
       *[other] { $count } requirements that do not apply to this product
    }
reason = Reason
coverage = How much was seen
coverage-lead = What the store's documents describe, and how much of it this run has met.
axis = What
seen = Seen
not-seen = Not seen
axis-operations = Operations
axis-statuses = Documented answers
axis-codes = Result codes
axis-transitions = Steps of the life-cycle
axis-requirements = Requirements
axis-none = The store has none.
seen-of = { $seen } of { $all }
points-seen =
    { $count ->
        [one] the one that was seen
       *[other] the { $count } that were seen
    }
points-unseen = { $count } not seen
