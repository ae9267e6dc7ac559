# The verdict, and the numbers that led to it.
ready = Ready to submit
ready-means = Everything that the store requires was looked at, and it holds.
ready-known-means =
    { $count ->
        [one] One requirement that the store insists on is broken, and accepted here for a time; the store would refuse the vendor for it.
       *[other] { $count } requirements that the store insists on are broken, and accepted here for a time; the store would refuse the vendor for them.
    }
refused = The store would refuse this vendor
refused-means =
    { $count ->
        [one] One requirement that the store insists on is broken.
       *[other] { $count } requirements that the store insists on are broken.
    }
open = Not ready yet: not everything was looked at
open-means =
    { $count ->
        [one] Nothing that the store insists on was found broken, but one requirement is still open.
       *[other] Nothing that the store insists on was found broken, but { $count } requirements are still open.
    }
open-cases = Nothing that the store insists on was found broken, but cases were not judged.
open-too =
    { $count ->
        [one] One more is still open.
       *[other] { $count } more are still open.
    }
conforms = The vendor conforms
conforms-means = Nothing was found that the store would refuse. This is about the cases that were played, and no certification.
breaks = The contract is broken
breaks-means = The store would refuse this vendor as it stands.
not-judged = No verdict
not-judged-means = What could not be judged is neither right nor wrong.
unreviewed = The contract holds; answers are to be reviewed
unreviewed-means = Answers are new or have changed. Look at them with storeproof review.
nothing-selected = No verdict
nothing-selected-means = No case was selected.
interrupted = No verdict: the run was interrupted
interrupted-means = What follows is about the cases that had ended.
outdated = The list of known failures is out of date
outdated-means = Put the list right; then the run says whether the vendor conforms.
troubled = No verdict
troubled-means = A snapshot could not be read or written.
applying =
    { $count ->
        [one] One requirement applies to this product
       *[other] { $count } requirements apply to this product
    }
standing-holds = holds
standing-broken = broken
standing-warning = warning
standing-note = note
standing-known = known failure
standing-stated = stated
standing-unstated = to be stated
standing-untested = untested
standing-elsewhere = not judged here
standing-not-applicable = does not apply
standing-holds-means = Cases that would have shown it broken were played, and none did.
standing-broken-means = At least one case shows it broken.
standing-warning-means = The store's documents do not insist on it, or contradict themselves, and a case shows it broken.
standing-note-means = Good practice, and a case shows that it is not followed.
standing-known-means = It is broken, and accepted for a time by the list of known failures.
standing-stated-means = No program can judge it; a person has stated it.
standing-unstated-means = No program can judge it, and nobody has stated it yet.
standing-untested-means = No case that would show it was judged. That is never a pass.
standing-elsewhere-means = It cannot be judged where the vendor stands now, such as certificates on one's own machine; nothing is held against it.
standing-not-applicable-means = It is about other products or other editions of the interface.
level-must = must
level-should = should
level-advice = advice
level-manual = manual
level-must-means = The store would refuse the vendor.
level-should-means = A warning: the store's documents do not insist on it, or contradict themselves.
level-advice-means = A note: good practice.
level-manual-means = For a person to look at and to state.
