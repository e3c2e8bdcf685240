package storage

import (
	"context"
	"errors"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/storage/driver"
)

// fault puts an engine's error into the words of package issue. What is in
// those words already, and what is not of the engine, stays as it is. Not
// finding something is told apart where it is looked for.
func fault(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*issue.Error](err); ok {
		return err
	}
	switch {
	case errors.Is(err, driver.ErrNotFound):
		return issue.New(issue.NotFound, "", "There is no such resource here.").Caused(err)
	case errors.Is(err, driver.ErrConflict):
		return issue.New(issue.Conflict, "", "Another request changed the resource at the same time. Read it again and retry.").Caused(err)
	case errors.Is(err, driver.ErrOneDocument):
		return issue.New(issue.Unsupported, "", "The database behind this server is no replica set and can't write several resources at once. Send them one by one, or ask its operator for a replica set.").Caused(err)
	case errors.Is(err, driver.ErrTooLarge):
		return issue.New(issue.Unprocessable, "", "The resource is too large to be stored with all that it can be found by. Split it into several resources.").Coded(issue.CodeTooCostly).Caused(err)
	case errors.Is(err, driver.ErrInDoubt):
		return issue.New(issue.Unavailable, "", "The store was lost while it wrote, and it is not known whether the change is stored. Read it, or send a conditional request, before you send it again.").Caused(err)
	case errors.Is(err, driver.ErrUnavailable):
		return issue.New(issue.Unavailable, "", "The store can't serve now. Try again later.").Caused(err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return issue.New(issue.Unavailable, "", "The request ended before the store had finished. Try again.").
			Coded(issue.CodeTimeout).Caused(err)
	}
	return err
}

func notFound(key fhir.Key) *issue.Error {
	return issue.Newf(issue.NotFound, "", "There is no such %s here.", typeName(key))
}

func noVersion(key fhir.Key) *issue.Error {
	return issue.Newf(issue.NotFound, "", "There is no such version of this %s.", typeName(key))
}

// typeName keeps the names of private types out of what a client sees.
func typeName(key fhir.Key) string {
	if key.Type == "" || driver.IsPrivate(key.Type) {
		return "resource"
	}
	return key.Type
}
