// Package everymethod calls all generated methods of a client by reflection,
// for the tests of the three platforms. Compare holds each method's request
// and its reading of the answer to its row of the operation table. Smoke calls
// each method against an emulator, with ids that exist there.
package everymethod
