package rest

import (
	"context"
	"io"
	"iter"
	"slices"

	"github.com/cordage-go/cordage/connector"
)

// List reads one page: the first, or the one that the From option names.
func List[T any](ctx context.Context, c Doer, op connector.Operation, q any, opts []connector.CallOption) (*connector.Page[T], error) {
	return Search[T](ctx, c, op, nil, WithQuery(q, opts))
}

// Pages walks the pages of a list; each is asked for when the loop gets there.
// A record that an earlier page of the walk brought is left out: rows that are
// added or removed meanwhile shift the pages. An error ends the walk.
func Pages[T any](ctx context.Context, c Doer, op connector.Operation, q any, opts []connector.CallOption) iter.Seq2[*connector.Page[T], error] {
	return SearchPages[T](ctx, c, op, nil, WithQuery(q, opts))
}

// All walks the records of a list, page after page.
func All[T any](ctx context.Context, c Doer, op connector.Operation, q any, opts []connector.CallOption) iter.Seq2[*T, error] {
	return SearchAll[T](ctx, c, op, nil, WithQuery(q, opts))
}

// Slice reads a whole list, for lists that are short by nature.
func Slice[T any](ctx context.Context, c Doer, op connector.Operation, q any, opts []connector.CallOption) ([]T, error) {
	return SearchSlice[T](ctx, c, op, nil, WithQuery(q, opts))
}

// Search reads one page of a list that is asked for with the body in. A nil
// pointer asks for everything.
func Search[T any](ctx context.Context, c Doer, op connector.Operation, in any, opts []connector.CallOption) (*connector.Page[T], error) {
	page := &listAnswer[T]{}
	if err := c.Do(ctx, op, in, page, opts...); err != nil {
		return nil, err
	}
	page.Next = page.next(page.call.From, len(page.Items))
	return &page.Page, nil
}

// SearchPages walks the pages of a search as [Pages] does. The body is sent
// with each of them, so in must not change meanwhile.
func SearchPages[T any](ctx context.Context, c Doer, op connector.Operation, in any, opts []connector.CallOption) iter.Seq2[*connector.Page[T], error] {
	return func(yield func(*connector.Page[T], error) bool) {
		w := newWalk[T](op, opts)
		r := &pageReader[T]{ctx: context.WithValue(ctx, walkKey{}, w)}
		r.ask = func(ctx context.Context, page *listAnswer[T], more ...connector.CallOption) error {
			return c.Do(ctx, op, in, page, slices.Concat(opts, more)...)
		}
		defer r.stop()
		for {
			page, err := r.read(w.place)
			if err == nil {
				err = w.take(page)
			}
			if err != nil {
				r.stop()
				yield(nil, w.broken(err))
				return
			}
			r.readAhead(w, page)
			if !yield(&page.Page, nil) || page.Next == "" {
				return
			}
		}
	}
}

type walkKey struct{}

// walkOf identifies the walk that a context belongs to; nil for a single call.
func walkOf(ctx context.Context) any { return ctx.Value(walkKey{}) }

// SearchAll walks the records of a search, page after page.
func SearchAll[T any](ctx context.Context, c Doer, op connector.Operation, in any, opts []connector.CallOption) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for page, err := range SearchPages[T](ctx, c, op, in, opts) {
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range page.Items {
				if !yield(&page.Items[i], nil) {
					return
				}
			}
		}
	}
}

// SearchSlice reads everything that a search finds.
func SearchSlice[T any](ctx context.Context, c Doer, op connector.Operation, in any, opts []connector.CallOption) ([]T, error) {
	var items []T
	for page, err := range SearchPages[T](ctx, c, op, in, opts) {
		if err != nil {
			return nil, err
		}
		items = append(items, page.Items...)
	}
	return items, nil
}

// Download copies a file to w. Where the platform answers that the file is
// still being made, it waits and asks again; nothing is written before the file
// has come.
func Download(ctx context.Context, c Doer, op connector.Operation, q any, w io.Writer, opts []connector.CallOption) error {
	return c.Do(ctx, op, nil, w, WithQuery(q, opts)...)
}
