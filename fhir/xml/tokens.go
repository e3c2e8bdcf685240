package xml

import (
	"bytes"
	stdxml "encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"tahto/fhir/issue"
)

// tokens reads a document as encoding/xml does, and makes up for what that
// leaves out of XML 1.0: attributes that stand twice, DOCTYPE, white space in
// attributes, declarations in the middle, references to halves of characters.
type tokens struct {
	data  []byte
	src   *source
	std   *stdxml.Decoder
	token func() (stdxml.Token, error)
	start int // where the last token begins
}

func newTokens(data []byte) *tokens {
	src := &source{Reader: bytes.NewReader(data)}
	std := stdxml.NewDecoder(src)
	return &tokens{data: data, src: src, std: std, token: std.Token}
}

// next is the next token; [io.EOF] after the last.
func (t *tokens) next() (stdxml.Token, error) {
	t.start = t.end()
	t.src.begin(t.data[t.start:])
	token, err := t.token()
	if err != nil {
		return nil, t.broken(err)
	}
	switch found := token.(type) {
	case stdxml.StartElement:
		if halved(t.raw()) {
			return nil, t.fault(nil, notWellFormed)
		}
		return token, t.attributes(found.Attr)
	case stdxml.CharData:
		if halved(t.raw()) {
			return nil, t.fault(nil, notWellFormed)
		}
	case stdxml.Directive:
		return nil, t.fault(nil, "A DOCTYPE or other declaration is not allowed in FHIR. Remove it.")
	case stdxml.ProcInst:
		if strings.EqualFold(found.Target, "xml") && t.start > 0 {
			return nil, t.fault(nil, "The XML declaration may only stand at the very beginning.")
		}
	}
	return token, nil
}

const notWellFormed = "This is not well-formed XML."

// reference is one to a character by its number.
var reference = regexp.MustCompile(`&#(x?)0*([0-9a-fA-F]{4,5});`)

// halved tells whether a tag or text refers to a half of what UTF-16 writes as
// two, which is no character (https://www.w3.org/TR/xml/#wf-Legalchar).
// encoding/xml would take another for it.
func halved(raw []byte) bool {
	if !bytes.Contains(raw, []byte("&#")) || bytes.HasPrefix(raw, []byte("<![CDATA[")) {
		return false
	}
	for _, found := range reference.FindAllSubmatch(raw, -1) {
		base := 10
		if len(found[1]) > 0 {
			base = 16
		}
		if n, err := strconv.ParseUint(string(found[2]), base, 32); err == nil && utf16.IsSurrogate(rune(n)) {
			return true
		}
	}
	return false
}

func (t *tokens) end() int { return int(t.std.InputOffset()) }

// raw is the last token as it is written; empty for the end of an element that
// has one tag only.
func (t *tokens) raw() []byte { return t.data[t.start:t.end()] }

// attributes finds those that stand twice and gives each the white space that
// XML says it has.
func (t *tokens) attributes(all []stdxml.Attr) error {
	for i := range all {
		same := func(other stdxml.Attr) bool { return other.Name == all[i].Name }
		if slices.ContainsFunc(all[:i], same) {
			return t.fault(nil, "An attribute stands twice in the same tag.")
		}
		if strings.ContainsAny(all[i].Value, "\t\n\r") {
			all[i].Value = normal(quoted(t.raw(), i))
		}
	}
	return nil
}

// quoted is quotation n of a tag, with its quotes: the value of attribute n.
func quoted(tag []byte, n int) []byte {
	for {
		from := bytes.IndexAny(tag, `"'`)
		to := from + 2 + bytes.IndexByte(tag[from+1:], tag[from])
		if n == 0 {
			return tag[from:to]
		}
		tag, n = tag[to:], n-1
	}
}

var spaces = strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ", "\t", " ")

// normal is the value of an attribute as XML means it: white space that is
// written as it is counts as a space, but a reference such as &#10; is the
// character itself (https://www.w3.org/TR/xml/#AVNormalize). encoding/xml makes
// no difference between the two.
func normal(quotation []byte) string {
	std := stdxml.NewDecoder(strings.NewReader("<a v=" + spaces.Replace(string(quotation)) + "/>"))
	std.Entity = stdxml.HTMLEntity // if the tag had them and was taken, here they are
	token, _ := std.Token()
	start, ok := token.(stdxml.StartElement)
	if !ok || len(start.Attr) != 1 {
		return ""
	}
	return start.Attr[0].Value
}

// broken says what is wrong with XML that can't be read, in words that do not
// quote it.
func (t *tokens) broken(err error) error {
	text, cause := err.Error(), error(nil)
	switch {
	case err == io.EOF: // which nobody wraps
		return err
	case errors.Is(err, errAttributes):
		return t.fault(nil, "A tag has more than "+strconv.Itoa(maxAttributes)+" attributes.")
	case strings.HasSuffix(text, "unexpected EOF"):
		text = "The XML ends too early."
	case strings.Contains(text, "invalid character entity"):
		text, cause = "There is a reference to an entity that XML does not have. Write the character itself, or its number as in &#160;.", ErrEntity
	case strings.HasPrefix(text, "xml: encoding"):
		text, cause = "The XML is declared to be in another encoding. Send UTF-8.", ErrEncoding
	case strings.HasPrefix(text, "xml: unsupported version"):
		text = "The XML is declared to be of another version than 1.0."
	default:
		text = notWellFormed
	}
	return t.fault(nil, text).Caused(cause)
}

// fault is an error at the last token.
func (t *tokens) fault(at *place, text string) *issue.Error { return t.faultAt(at.String(), text) }

func (t *tokens) faultAt(expression, text string) *issue.Error {
	return invalid(expression, text+" (line "+strconv.Itoa(line(t.data, t.start))+")")
}

func line(data []byte, at int) int { return 1 + bytes.Count(data[:at], []byte("\n")) }

// placed gives an error the place of the element that was being read, if it has
// none yet.
func placed(at *place, err error) error {
	if e, ok := errors.AsType[*issue.Error](err); ok && e.Issues[0].Expression == "" {
		e.Issues[0].Expression = at.String()
	}
	return err
}
