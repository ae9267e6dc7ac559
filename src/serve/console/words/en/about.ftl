# Addresses and keys.
about-lead = What your program needs to speak with the stores of this machine.
about-program = This program
version = Version
log-extent = Log
log-holds =
    { $count ->
        [one] one exchange
       *[other] { $count } exchanges
    }
its-address = Address of the store
its-vendor = Vendor that it calls
no-vendor = none; start with --vendor and the address of your program
its-clock = Clock ahead of this machine's
its-keys = Keys
keys-reveal = Keys of your own stay hidden here. On the command line they are shown by
interfaces = Interfaces
interface = Interface
edition = Edition
operations = Operations
