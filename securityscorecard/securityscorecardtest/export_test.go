package securityscorecardtest

// PutAt arranges a record of a collection that has no behaviour of its own.
func (s *Server) PutAt(collection, id string, r record) {
	r["id"] = id
	s.platform.state.Put(collection, id, r)
}
