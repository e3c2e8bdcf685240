package storage

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/storage/driver"
)

// MaxReceipt is the most that a receipt may take in an engine, in bytes: well
// below what MongoDB takes as one document.
const MaxReceipt = 8 << 20

// Receipt is what [Tx.KeepReceipt] kept under a name, byte for byte; false if
// nothing. In an Update it is guarded: of two transactions that look for the
// same name one waits for the other or runs again.
func (t *Tx) Receipt(ctx context.Context, name string) ([]byte, bool, error) {
	key := receiptKey(name)
	if t.writer != nil {
		if err := t.writer.Guard(ctx, key.String()); err != nil {
			return nil, false, fault(err)
		}
	}
	d, err := t.reader.Get(ctx, key)
	if errors.Is(err, driver.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fault(err)
	}
	t.after(d.Updated)
	kept, err := readReceipt(d.Body)
	return kept, err == nil, err
}

// KeepReceipt keeps something for good under a name, in this transaction: no
// interaction reaches it, and it moves along with the resources to another
// engine. What takes more than [MaxReceipt] when it is compressed is
// issue.Unprocessable.
func (t *Tx) KeepReceipt(ctx context.Context, name string, receipt []byte) error {
	if t.writer == nil {
		return errReadOnly
	}
	var packed bytes.Buffer
	deflate, err := flate.NewWriter(&packed, flate.DefaultCompression)
	if err != nil {
		return err
	}
	if _, err := deflate.Write(receipt); err != nil {
		return err
	}
	if err := deflate.Close(); err != nil {
		return err
	}
	key := receiptKey(name)
	w := fhir.NewWriter(key.Type)
	w.String("kept", base64.StdEncoding.EncodeToString(packed.Bytes()))
	body := w.Resource().Stamp(key.ID, 1, t.Now()).JSON()
	if len(body) > MaxReceipt {
		return issue.New(issue.Unprocessable, "Bundle.identifier", "The answer is too large to be kept for the case that the Bundle is sent again. Ask for it with Prefer: return=minimal, or send the Bundle in parts.").Coded(issue.CodeTooCostly)
	}
	return fault(t.writer.Append(ctx, driver.Document{Key: key, Version: 1, Updated: t.Now(), Method: "POST", Body: body}))
}

func readReceipt(body []byte) ([]byte, error) {
	packed, err := base64.StdEncoding.DecodeString(fhir.Stored(body).Root().Get("kept").Text())
	if err != nil {
		return nil, fmt.Errorf("storage: a receipt is damaged: %w", err)
	}
	kept, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		return nil, fmt.Errorf("storage: a receipt is damaged: %w", err)
	}
	return kept, nil
}

// receiptKey names the document of a receipt. The name is hashed: it is of the
// client's choice, and may hold anything.
func receiptKey(name string) fhir.Key {
	sum := sha256.Sum256([]byte("receipt of " + name))
	return fhir.Key{Type: driver.Receipts, ID: hex.EncodeToString(sum[:])}
}
