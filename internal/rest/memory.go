package rest

import (
	"sync"

	"github.com/cordage-go/cordage/connector"
)

// mostKept is the largest memory that is kept for later answers. More is rare,
// and is not held on to for it.
const mostKept = 1 << 20

// A memory is what the answers of one call are read into. When the call is over
// another one gets it: nothing that a caller receives may point into it.
type memory struct{ bytes []byte }

// memories are those that no call has at the moment.
type memories struct{ pool sync.Pool }

func (m *memories) take() *memory {
	if free, ok := m.pool.Get().(*memory); ok {
		return free
	}
	return &memory{}
}

func (m *memories) give(back *memory) {
	if cap(back.bytes) <= mostKept {
		m.pool.Put(back)
	}
}

// buffer returns the call's memory, with room for so many bytes.
func (x *exchange) buffer(size int) []byte {
	if x.memory == nil {
		x.memory = x.client.memories.take()
	}
	if cap(x.memory.bytes) < size {
		x.memory.bytes = make([]byte, 0, size)
	}
	return x.memory.bytes[:0]
}

// release gives the memory to others, unless it holds the secrets of a sign-in.
func (x *exchange) release() {
	if x.memory != nil && x.class != connector.Token {
		x.client.memories.give(x.memory)
	}
}
