# What stands around everything.
title = { $verdict } · { $what } · storeproof
what-certification = Certification dry run
what-run = Contract test run
skip = Skip to the content
open-all = Open all
close-all = Close all
print = Print
contents = Contents
vendor = Vendor
marketplace = Marketplace
dialect = Interface edition
product = Product
when = Made
took = Took
seed = Seed
tool = Tool
cases-total = Cases
play-again = To play it again
total-conform =
    { $count ->
        [one] { $count } conforms
       *[other] { $count } conform
    }
total-breaks =
    { $count ->
        [one] { $count } breaks the contract
       *[other] { $count } break the contract
    }
total-unreviewed = { $count } unreviewed
total-not-judged = { $count } not judged
total-left-out = { $count } left out
total-steps =
    { $count ->
        [one] { $count } step
       *[other] { $count } steps
    }
total-exchanges =
    { $count ->
        [one] { $count } exchange
       *[other] { $count } exchanges
    }
notes = Notes
footer = Made by storeproof { $version }. This file is complete: it loads nothing and sends nothing. Keys and tokens are shown as [redacted].
sign-off = Sign-off
sign-name = Name and role
sign-date = Date
sign-signature = Signature
and-more = and { $count } more
