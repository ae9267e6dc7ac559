# One exchange.
exchange-gone = This exchange is not in the log. The log keeps the newest exchanges only, and it begins anew when the program does.
meaning-conforms = The store has nothing to say against this.
meaning-noted = The store would take this. There is something worth knowing all the same.
meaning-breaks-answer = The store would refuse this answer, or go wrong with it.
meaning-breaks-call = The store would refuse this call, or go wrong with it.
meaning-not-judged = The vendor was not reached, so that nothing can be held against it.
address = Address
first-byte = first byte after { $time }
tls = TLS
on-purpose = Disturbed on purpose
unread-request = Not understood
not-http-why = What came was refused before it was a request: the store itself never saw it. Below is how it began.
neighbours = Neighbouring exchanges
previous = Previous
next = Next
findings-broken =
    { $count ->
        [one] One rule was broken
       *[other] { $count } rules were broken
    }
findings-advised =
    { $count ->
        [one] One recommendation
       *[other] { $count } recommendations
    }
readings = How it was read
readings-lead = Here the store's documents can be read in more than one way. This is the reading that was met.
skipped = Not judged
skipped-lead = These rules could not be judged from this exchange.
level-must = must
level-should = should
level-advice = advice
problem = Problem
more-of-kind = and { $count } more of the same kind
cause = Likely cause
remark = Remark
mend = To mend
why = Why
in-store = In the store
source = Source
expected = expected
actual = came
inferred = The store does not say this in so many words: it is inferred from what it says.
contradictory = The store's documents contradict each other here: ask the store when in doubt.
not-binding = This alone fails nothing: the store does not insist on it.
request = Request
answer = Answer
by-store = from the store
by-vendor = from the vendor
no-whole-answer = There was no whole answer.
received-so-far = What came until then:
as-on-wire = The message as it was on the wire
whole-message = Show the whole message as text
bytes-more = { $count } more bytes
read = Read it: parameters, fields and body
parameters = Parameters, decoded
fields = Header fields
form-body = Body, decoded
json-body = Body as JSON, a line for each value
unread-body = The body is neither JSON nor a form; see the bytes above.
name = Name
value = Value
again = Once more
as-curl = As a command
curl-signed-once = The signature is hidden here, and it was good for one delivery only: to send this again, let the store make a new call.
as-step = As a step of a scenario
step-where = Put it below steps: of a workflow in a scenario file, and play it with storeproof run.
as-await = As something that a step waits for
await-where = Add it to the step whose call makes your program call the store.
exec-where = Put it below steps: of a workflow in a scenario file. storeproof run then starts your program and waits for this call.
