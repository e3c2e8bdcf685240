package interaction

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"tahto/fhir"
	"tahto/fhir/bundle"
	"tahto/fhir/issue"
	"tahto/server/audit"
	"tahto/storage"
)

// ticket tells a transaction again that is sent again: its Bundle.identifier,
// and a hash of all that was sent.
type ticket struct{ name, digest string }

// receipt is what is kept of a transaction with a ticket, in the same
// transaction of the store: what was sent, what it changed, and the answer.
type receipt struct {
	Digest  string         `json:"digest"`
	Changes []audit.Change `json:"changes"`
	answer  []byte
}

// ticketOf reads Bundle.identifier; no ticket if there is none. One that is not
// complete is refused: whoever sends it relies on it.
func ticketOf(b *fhir.Resource) (ticket, error) {
	identifier := b.Root().Get("identifier")
	if !identifier.Exists() {
		return ticket{}, nil
	}
	system, value := identifier.Get("system"), identifier.Get("value")
	if system.Kind() != fhir.String || value.Kind() != fhir.String || system.Text() == "" || value.Text() == "" {
		return ticket{}, issue.New(issue.Invalid, "Bundle.identifier", "The identifier of a transaction, by which it is known when it is sent again, needs system and value. Give both, or leave it out.").Coded(issue.CodeRequired)
	}
	sum := sha256.Sum256(b.JSON())
	// The length keeps the two apart, whatever is in them.
	name := strconv.Itoa(len(system.Text())) + " " + system.Text() + "|" + value.Text()
	return ticket{name, hex.EncodeToString(sum[:])}, nil
}

// submit does a transaction; with a ticket once, however often it is sent: it is
// not even looked at again when its receipt is there.
func (s *Service) submit(ctx context.Context, c Call, work *bundle.Work, of ticket) (Response, error) {
	before, err := s.before(ctx, of)
	if err != nil {
		return Response{}, err
	}
	if before != nil && len(before.Changes) == 0 {
		return before.response(), nil
	}
	if before != nil {
		again := audit.Entry{Time: s.Now(), RequestID: c.RequestID, Changes: before.Changes, Again: true}
		return before.response(), s.record(ctx, again)
	}
	parts, err := s.parts(c, work)
	if err != nil {
		return Response{}, err
	}
	return s.perform(ctx, s.transaction(c, work, parts, of), c.RequestID)
}

// before is the receipt of a transaction that was done; nil if there is none.
func (s *Service) before(ctx context.Context, of ticket) (before *receipt, err error) {
	if of.name == "" {
		return nil, nil
	}
	err = s.Store.View(ctx, func(tx *storage.Tx) (err error) {
		before, err = of.receipt(ctx, tx)
		return err
	})
	return before, err
}

// once runs a transaction unless its receipt is there by now.
func (of ticket) once(ctx context.Context, t *turn, run func(context.Context, *turn) (Response, error)) (Response, error) {
	if of.name == "" {
		return run(ctx, t)
	}
	before, err := of.receipt(ctx, t.tx)
	if err != nil {
		return Response{}, err
	}
	if before != nil {
		t.changes, t.again = before.Changes, true
		return before.response(), nil
	}
	response, err := run(ctx, t)
	if err != nil {
		return Response{}, err
	}
	kept, err := receipt{of.digest, t.changes, response.Resource.JSON()}.bytes()
	if err == nil {
		err = t.tx.KeepReceipt(ctx, of.name, kept)
	}
	return response, err
}

// receipt is that of the transaction when it was done before; nil if it was not.
func (of ticket) receipt(ctx context.Context, tx *storage.Tx) (*receipt, error) {
	kept, found, err := tx.Receipt(ctx, of.name)
	if err != nil || !found {
		return nil, err
	}
	r, err := readReceipt(kept)
	if err == nil && r.Digest != of.digest {
		err = issue.New(issue.Unprocessable, "Bundle.identifier", "Another transaction of this identifier was done already, and this one is not the same. Send it exactly as it was sent, or, if it is another one, give it an identifier of its own.").Coded(issue.CodeDuplicate)
	}
	return r, err
}

// bytes are one line of what is about the answer, and the answer.
func (r receipt) bytes() ([]byte, error) {
	head, err := json.Marshal(r)
	return append(append(head, '\n'), r.answer...), err
}

func readReceipt(kept []byte) (*receipt, error) {
	head, answer, whole := bytes.Cut(kept, []byte("\n"))
	r := &receipt{answer: answer}
	if !whole {
		return nil, errors.New("interaction: a receipt has no answer")
	}
	if err := json.Unmarshal(head, r); err != nil {
		return nil, fmt.Errorf("interaction: a receipt is damaged: %w", err)
	}
	return r, nil
}

// response is the answer as it was given.
func (r *receipt) response() Response {
	return Response{Status: http.StatusOK, Resource: fhir.Stored(r.answer)}
}
