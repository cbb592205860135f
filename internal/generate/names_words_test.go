package main

// exceptions are names that break a rule and stay, with the reason. One that
// excuses nothing fails.
var exceptions = map[string]string{
	"scoro.Calendar": "a site has one calendar; what it lists are the events in it",
	"scoro.TimeOffs": "Scoro's own word for the module; one of its records is a TimeOff",

	// The platform abbreviates source and destination here, and has records with both spellings.
	"securityscorecard.HistoricalFinding.DstIP":   "the platform has source_ip and src_ip beside each other",
	"securityscorecard.HistoricalFinding.SrcIP":   "the platform has source_ip and src_ip beside each other",
	"securityscorecard.StampedConnection.DstHost": "the platform has source_ip and src_ip beside each other",
	"securityscorecard.StampedConnection.DstIP":   "the platform has source_ip and src_ip beside each other",
	"securityscorecard.StampedConnection.DstPort": "the platform has source_ip and src_ip beside each other",
	"securityscorecard.StampedConnection.SrcHost": "the platform has source_ip and src_ip beside each other",
	"securityscorecard.StampedConnection.SrcPort": "the platform has source_ip and src_ip beside each other",
}

// plainVerbs begin the names of plain reading and writing. None stands before
// another verb: what is made of a path's last word has that word alone.
var plainVerbs = set("list", "get", "create", "update", "replace", "delete", "set")

// verbs are words of paths that are verbs and never names of things.
var verbs = set("add", "advance", "apply", "approve", "archive", "assign", "bulk", "cancel", "clone", "close", "convert", "create", "delete", "destroy",
	"disable", "enable", "forward", "generate", "get", "invite", "list", "move", "notify", "publish", "recycle", "reject", "remove", "reorder", "resend", "restart",
	"restore", "retrieve", "revert", "send", "submit", "sync", "toggle", "unarchive", "unlink", "unlock", "update", "upload", "validate", "verify")

// noPlural are words for things that are not counted.
var noPlural = set("access", "advice", "compliance", "coverage", "criteria", "data", "equipment", "feedback", "hardware", "history",
	"information", "inventory", "labor", "metadata", "off", "people", "progress", "series", "software", "staff", "weather", "work")

// prepositions end what a method lists: the rest says which of it.
var prepositions = set("as", "at", "by", "for", "from", "in", "of", "on", "to", "with", "without")

// adjectives say which records a method lists.
var adjectives = set("active", "all", "assignable", "available", "current", "inactive", "latest", "mine", "open", "own", "possible", "potential", "recent", "unread")

func set(words ...string) map[string]bool {
	all := map[string]bool{}
	for _, word := range words {
		all[word] = true
	}
	return all
}
