// Package emulate holds what the emulators of the three platforms share: a
// server with faults and a record of what reached it, routing by the operation
// tables, state, one-time tokens, rate windows, paging and JSON.
//
// [Typed] answers what has no hand-written behaviour, from the table alone. Its
// way is meaning.go (what an operation does), place.go (where the records lie),
// list.go, record.go and several.go (which of them it is about), write.go (what
// becomes of them), show.go and sample.go (how they are answered).
//
// People meet an emulator too: [Consent] signs them in and asks whether they
// agree, on pages that [Screen] writes. What was issued and presented on the way
// is in the book of [Tokens].
//
// An emulator is a function from a [Call] to an [Answer], given to [Listen]
// with a [Router]. It is written from what is publicly known of its platform
// and imports no client, so that neither can cover the other's mistakes.
package emulate
