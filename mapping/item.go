package mapping

import (
	"slices"

	"tahto/fhir"
	"tahto/fhir/issue"
	"tahto/mapping/consent"
	"tahto/mapping/decision"
)

// itemParts are a set of the parts of an item (mapping.md §4).
type itemParts uint16

const (
	partID itemParts = 1 << iota
	partSector
	partController
	partRegister
	partRecorded
	partServiceEvent
	partServiceTask
	partDocument
	partCategory
	partOriginalController
	partInKanta
	partPrescription
	partStoredBy
	partControlledDrug
)

// neededParts must be given.
const neededParts = partID | partSector

// item reads an item; whether all was well shows in the count of findings. The
// id is given even if nothing else could be read.
func (f *findings) item(at *place) Item {
	var item Item
	var seen itemParts
	p := f.open(at)
	list := f.partsOf(&p)
	// Both leave the stack; outside the loop they do so once for an item.
	var each place
	var part parameter
	for i := range list.Len() {
		var ok bool
		if each, ok = f.entry(&list, i); !ok {
			continue
		}
		part = f.open(&each)
		bit := f.itemPart(&part, &item)
		if bit == 0 || seen&bit != 0 {
			f.fault(&each, issue.CodeStructure, "An item has no such part, or has it already.")
			continue
		}
		seen |= bit
	}
	if seen&neededParts != neededParts {
		f.fault(at, issue.CodeRequired, "An item needs id and sector.")
	}
	f.category(at, &item.Asked)
	return item
}

// itemPart reads one part into the item and tells which it is; 0 if it is none.
func (f *findings) itemPart(part *parameter, item *Item) itemParts {
	asked := &item.Asked
	switch part.name {
	case "id":
		item.ID = f.itemID(part)
		return partID
	case "sector":
		asked.Sector = f.sectorOf(part)
		return partSector
	case "controller":
		asked.Controller = f.organisationOf(part)
		return partController
	case "register":
		asked.Register = f.registerParameter(part)
		return partRegister
	case "recorded":
		asked.Recorded = f.recordedOf(part)
		return partRecorded
	case "serviceEvent":
		asked.ServiceEvent = f.identifierOf(part)
		return partServiceEvent
	case "serviceTask":
		asked.ServiceTask = f.taskOf(part)
		return partServiceTask
	case "document":
		asked.Document = f.identifierOf(part)
		return partDocument
	case "category":
		asked.Category = f.codingOf(part)
		return partCategory
	case "originalController":
		asked.OriginalController = f.organisationOf(part)
		return partOriginalController
	case "inKanta":
		asked.OutsideKanta = !f.flagOf(part)
		return partInKanta
	case "prescription":
		asked.Prescription = f.identifierOf(part)
		return partPrescription
	case "storedBy":
		asked.StoredBy = f.organisationOf(part)
		return partStoredBy
	case "controlledDrug":
		asked.ControlledDrug = f.flagOf(part)
		return partControlledDrug
	}
	return 0
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
