package storage

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/storage/driver"
)

// pageKeyDocument keeps the key of page tokens in the engine, so that a token
// outlives a restart and is good on every node.
var pageKeyDocument = fhir.Key{Type: "_Server", ID: "page-key"}

const keySize = 32

// pageKey reads the key, or makes it if the engine is new.
func (s *Store) pageKey(ctx context.Context, random io.Reader) ([]byte, error) {
	var key []byte
	err := s.engine.View(ctx, func(r driver.Reader) (err error) {
		key, err = readPageKey(ctx, r)
		return err
	})
	if !errors.Is(err, driver.ErrNotFound) {
		return key, err
	}
	fresh := make([]byte, keySize)
	if _, err := io.ReadFull(random, fresh); err != nil {
		return nil, fmt.Errorf("making the key of page tokens: %w", err)
	}
	err = s.engine.Update(ctx, func(w driver.Writer) (err error) {
		if err := w.Guard(ctx, pageKeyDocument.String()); err != nil {
			return err
		}
		if key, err = readPageKey(ctx, w); !errors.Is(err, driver.ErrNotFound) {
			return err
		}
		key = fresh
		return w.Append(ctx, driver.Document{
			Key: pageKeyDocument, Version: 1, Updated: s.clock.next(), Method: "PUT", Body: fresh,
		})
	})
	return key, err
}

func readPageKey(ctx context.Context, r driver.Reader) ([]byte, error) {
	d, err := r.Get(ctx, pageKeyDocument)
	if err != nil {
		return nil, err
	}
	if len(d.Body) != keySize {
		return nil, errors.New("storage: the key of page tokens is damaged")
	}
	return d.Body, nil
}

// Seal encrypts what a page token holds, since it may be a query by identity
// code: the token goes through URLs and logs. It is authenticated, so that only
// what this server sealed can be opened.
func (s *Store) Seal(plain []byte) string { return s.seal.seal(plain) }

// Open gives what was sealed; issue.Invalid for a token that is not ours or was
// changed.
func (s *Store) Open(token string) ([]byte, error) {
	plain, ok := s.seal.open(token)
	if !ok {
		return nil, issue.New(issue.Invalid, "", "The page token is not one this server gave. Follow the links of a page as they are, or search again.").Coded(issue.CodeValue)
	}
	return plain, nil
}

// sealer is AES-256-GCM with a key of its own for every token, derived from the
// server's key and a random salt: with one key for all, random nonces would
// begin to meet after some billions of tokens.
type sealer struct {
	key    []byte
	random io.Reader
}

const (
	saltSize  = 16
	nonceSize = 12
	// purpose binds tokens to what they are for.
	purpose = "tahto page token 1"
)

func (s sealer) seal(plain []byte) string {
	start := make([]byte, saltSize+nonceSize, saltSize+nonceSize+len(plain)+16)
	if _, err := io.ReadFull(s.random, start); err != nil {
		rand.Read(start) // never fails: the runtime stops the program instead
	}
	sealed := s.cipher(start[:saltSize]).Seal(start, start[saltSize:], plain, []byte(purpose))
	return base64.RawURLEncoding.EncodeToString(sealed)
}

func (s sealer) open(token string) ([]byte, bool) {
	data, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(data) < saltSize+nonceSize {
		return nil, false
	}
	start, sealed := data[:saltSize+nonceSize], data[saltSize+nonceSize:]
	plain, err := s.cipher(start[:saltSize]).Open(nil, start[saltSize:], sealed, []byte(purpose))
	return plain, err == nil
}

func (s sealer) cipher(salt []byte) cipher.AEAD {
	derive := hmac.New(sha256.New, s.key)
	derive.Write(salt)
	block, err := aes.NewCipher(derive.Sum(nil))
	if err != nil {
		panic(err) // a SHA-256 sum is always 32 bytes, a valid AES key
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES has the block size that GCM needs
	}
	return gcm
}
