# What was found.
section-must = What the store would refuse
section-should = What the store's documents do not insist on
section-should-lead = Nothing of this is a failure. It is worth mending all the same.
section-advice = Good practice
section-advice-lead = Nothing of this is a failure.
section-unreviewed = Answers that nobody has reviewed
section-known = Known failures, accepted for a time
problems-more =
    { $count ->
        [one] One more problem with this rule
       *[other] { $count } more problems with this rule
    }
problems-left-out =
    { $count ->
        [one] One more problem is left out here; the JSON report has it.
       *[other] { $count } more problems are left out here; the JSON report has all of them.
    }
place = Place
expected = Expected
actual = Came
cause = Likely cause
consequence = What may come of it
remark = Remark
accepted = Accepted because
until = until { $date }
mend = To mend
why = Why the store cares
in-store = In the store
source = Source
inferred = The store does not say this in so many words: it is inferred from what it says.
contradictory = The store's documents contradict each other here: ask the store when in doubt.
case = Case
step = Step
task = Task
scenario = Scenario
computed = Computed; this writes the file
flaw = Flaw of the call
allowed = Allowed answers
also-steps = Also at
again-in = Again in
evidence = What was sent and what came
evidence-none = How to play it again
evidence-left-out = The bytes are left out here, so that this file stays small; the JSON report has them.
request = Request
answer = Answer
call-of-vendor = Call of the vendor's program
answer-of-store = Answer of the store
mistake = with a mistake on purpose: { $mistake }
after = after { $time }
pages = Pages that were opened
reproduce-call = The same call again
reproduce-case = The whole case again
not-binding = This alone fails nothing.
differs = Not as in { $name }. Decide with storeproof review.
reduced = The smallest scenario that still shows it
reduced-play = To play it, save it as { $file }
reduced-from =
    { $after ->
        [one] one step of { $before } is left
       *[other] { $after } steps of { $before } are left
    }
not-judged-cases = Cases that were not judged
not-judged-lead = Nothing is held against the vendor, and nothing is shown.
readings = How the store's documents were read
readings-lead = The documents can be read in more than one way here. This is what the vendor follows.
skipped = Rules that could not be judged here
skipped-lead = Nothing is held against the vendor, and nothing is shown.
cases = All cases
cases-lead = Every case that was played, with what was exchanged.
outcome = Outcome
outcome-conforms = conforms
outcome-breaks = breaks
outcome-unreviewed = unreviewed
outcome-not-judged = not judged
outcome-left-out = left out
broken-rules = Broken
duration = Time