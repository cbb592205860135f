// Package sqltest runs the behaviour of package storetest on real PostgreSQL
// and SQLite databases. It is a module of its own, so that no program downloads
// the drivers that only these tests need, and it holds nothing but tests.
package sqltest
