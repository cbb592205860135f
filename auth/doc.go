// Package auth holds who a program is on a platform: secrets that no log can
// print, tokens, the sources that they come from, and sessions, which keep a
// sign-in alive.
//
// A program with a fixed token uses [Static]; one whose token lives in a vault
// or a file uses [Func]; one that signs people in uses a [Session], which
// renews tokens, saves each new one before it is used, and never presents a
// refresh token twice if the platform allows it once only. The platform
// packages make the [Grant] that a Session needs, and the [CodeGrant] by which
// people sign in: a web app with many tenants keeps their sessions in a
// [Registry] and signs them in with a [Flow], a program on a desk signs its user
// in with [Loopback].
//
// Failures are a [connector.Error] whose Platform is "auth". The kind says what
// to do: [connector.Reauthorize] means that a person must sign in again,
// [connector.Storage] that the store failed, [connector.Closed] that the
// session was closed. Whatever else Renew returned keeps its kind.
package auth
