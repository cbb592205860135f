package pace

// A fifo is a queue whose room is used again, so that a steady flow through it
// allocates nothing.
type fifo[T any] struct {
	room []T
	head int // where the oldest stands
}

func (f *fifo[T]) items() []T { return f.room[f.head:] }

func (f *fifo[T]) push(item T) {
	if len(f.room) == cap(f.room) && f.head > len(f.room)/2 {
		f.room = f.room[:copy(f.room, f.items())]
		f.head = 0
	}
	f.room = append(f.room, item)
}

// drop takes the oldest n out.
func (f *fifo[T]) drop(n int) {
	if f.head += n; f.head == len(f.room) {
		f.room, f.head = f.room[:0], 0
	}
}
