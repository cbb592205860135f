package pace

import (
	"container/list"
	"iter"
)

// Turns are named things that take turns.
type turns[K comparable, V any] struct {
	order  list.List // of *turn, the next one first
	places map[K]*list.Element
}

type turn[K comparable, V any] struct {
	name  K
	value V
}

// get returns the thing of a name, making a new one that stands last.
func (t *turns[K, V]) get(name K) *V {
	place, ok := t.places[name]
	if !ok {
		if t.places == nil {
			t.places = map[K]*list.Element{}
		}
		place = t.order.PushBack(&turn[K, V]{name: name})
		t.places[name] = place
	}
	return &place.Value.(*turn[K, V]).value
}

// next returns the one whose turn it is. It stands last now.
func (t *turns[K, V]) next() *V {
	place := t.order.Front()
	t.order.MoveToBack(place)
	return &place.Value.(*turn[K, V]).value
}

func (t *turns[K, V]) drop(name K) {
	t.order.Remove(t.places[name])
	delete(t.places, name)
}

// all returns the things with their names, the next one first.
func (t *turns[K, V]) all() iter.Seq2[K, *V] {
	return func(yield func(K, *V) bool) {
		for place := t.order.Front(); place != nil; place = place.Next() {
			if one := place.Value.(*turn[K, V]); !yield(one.name, &one.value) {
				return
			}
		}
	}
}
