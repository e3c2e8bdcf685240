package mapping

import (
	"slices"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// itemParts are the parts of an item (mapping.md §4). The first two must be given.
var itemParts = []string{
	"id", "sector", "controller", "register", "recorded", "serviceEvent", "serviceTask", "document", "category",
	"originalController", "inKanta", "prescription", "storedBy", "controlledDrug",
}

const neededParts = 1<<0 | 1<<1

// item reads an item; whether all was well shows in the count of findings. The
// id is given even if nothing else could be read.
func (f *findings) item(at *place) Item {
	var item Item
	seen := 0
	p := f.open(at)
	list := f.partsOf(&p)
	for i := range list.Len() {
		at, ok := f.entry(&list, i)
		if !ok {
			continue
		}
		part := f.open(&at)
		n := slices.Index(itemParts, part.name)
		if n < 0 || seen&(1<<n) != 0 {
			f.fault(&at, issue.CodeStructure, "An item has no such part, or has it already.")
			continue
		}
		seen |= 1 << n
		f.itemPart(&part, &item)
	}
	if seen&neededParts != neededParts {
		f.fault(at, issue.CodeRequired, "An item needs id and sector.")
	}
	f.category(at, &item.Asked)
	return item
}

func (f *findings) itemPart(part *parameter, item *Item) {
	asked := &item.Asked
	switch part.name {
	case "id":
		item.ID = f.itemID(part)
	case "sector":
		asked.Sector = f.sectorOf(part)
	case "controller":
		asked.Controller = f.organisationOf(part)
	case "register":
		asked.Register = f.registerParameter(part)
	case "recorded":
		asked.Recorded = f.recordedOf(part)
	case "serviceEvent":
		asked.ServiceEvent = f.identifierOf(part)
	case "serviceTask":
		asked.ServiceTask = f.taskOf(part)
	case "document":
		asked.Document = f.identifierOf(part)
	case "category":
		asked.Category = f.codingOf(part)
	case "originalController":
		asked.OriginalController = f.organisationOf(part)
	case "inKanta":
		asked.OutsideKanta = !f.flagOf(part)
	case "prescription":
		asked.Prescription = f.identifierOf(part)
	case "storedBy":
		asked.StoredBy = f.organisationOf(part)
	case "controlledDrug":
		asked.ControlledDrug = f.flagOf(part)
	}
}

// itemID takes any text but an empty one: it is the asker's own.
func (f *findings) itemID(part *parameter) string {
	if !f.is(part, "valueString") || part.value.Kind() != fhir.String || part.value.Text() == "" {
		f.fault(part.place, issue.CodeStructure, "The id of an item is a string.")
		return ""
	}
	return part.value.Text()
}

func (f *findings) sectorOf(part *parameter) decision.Sector {
	sector, known := decision.ParseSector(f.codeOf(part))
	if !known {
		f.unknown(&part.value, "No sector has this code.")
	}
	return sector
}

func (f *findings) taskOf(part *parameter) consent.Coding {
	if !f.objectOf(part, "valueCoding") {
		return consent.Coding{}
	}
	return f.serviceTask(&part.value)
}

// recordedOf reads when an item was recorded: the whole of the day, month or
// year, or an instant.
func (f *findings) recordedOf(part *parameter) consent.Period {
	if part.member == "valueDate" {
		if date, err := fhir.ParseDate(f.string(&part.value)); err == nil {
			return consent.Period{From: date.Start, Until: date.End()}
		}
		f.fault(&part.value, issue.CodeValue, sentence(fhir.ErrDate))
		return consent.Period{}
	}
	if !f.is(part, "valueDateTime") {
		return consent.Period{}
	}
	date := f.dateTime(&part.value)
	if date.HasTime() {
		return decision.Instant(date.Start)
	}
	return consent.Period{From: date.Start, Until: date.End()}
}

// category holds the category to what the decision knows: a class of patient
// data, or which declaration is asked about.
func (f *findings) category(at *place, item *decision.Item) {
	if item.Category.IsZero() {
		return
	}
	known := item.Category.System == DataCategorySystem && slices.Contains(dataCategories, item.Category.Code)
	if item.Sector == decision.Declaration {
		_, known = consent.ParseKind(item.Category.Code)
		known = known && item.Category.System == DeclarationSystem
	}
	if !known {
		f.unknown(at, "No category of data has this code.")
	}
}
