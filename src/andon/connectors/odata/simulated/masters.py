"""Master data: materials, and their bills of material by version and day."""

__all__ = ["BILLS", "PRODUCTS", "Masters"]

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from andon.connectors.odata.simulated.books import Key, RefusedCallError, Row

if TYPE_CHECKING:
    from andon.connectors.odata.simulated.company import Company

PRODUCTS = "A_Product"
BILLS = "MaterialBOM"
PARTS = "MaterialBOMItem"
FIRST = "01"
"""Version of what was there before anybody looked, and counts since long ago."""
_ALWAYS = datetime(2020, 1, 1, tzinfo=UTC)


class Masters:
    """The materials of a company. A bill of material is never changed; a new version follows."""

    def __init__(self, company: "Company") -> None:
        self._company = company
        self._books = company.books
        for material, unit in company.units.items():
            made = material in company.parts
            self._product(
                material,
                Product=material,
                ProductType="FERT" if made else "ROH",
                BaseUnit=unit,
                ProductDocumentVersion=FIRST,
            )
        for material, parts in company.parts.items():
            rows = [_part(part, share, company.units[part]) for part, share in parts.items()]
            self._put(material, FIRST, _ALWAYS, {}, rows)

    def revise(self, material: str, values: Row) -> None:
        """New values of a material, unless somebody has it open on a screen."""
        if fixed := sorted(values.keys() - {"ProductDocumentVersion"}):
            raise RefusedCallError("M3/351", f"Field {fixed[0]} cannot be changed here")
        self._must_be_free(material)
        self._product(material, **values)

    def add(self, asked: Row, items: Iterable[Row]) -> Row:
        """A new version of a bill of material. Its version must be new; nothing else tells two
        requests apart."""
        material, version = asked.get("Material") or "", asked.get("BillOfMaterialVersion") or ""
        day = asked.get("HeaderValidityStartDate")
        rows = list(items)
        self._must_exist(material)
        self._must_be_free(material)
        if asked.get("BillOfMaterialVariantUsage") != "1" or not version or day is None:
            raise RefusedCallError("29/004", "Enter usage, version and valid-from date of the BOM")
        if not rows:
            raise RefusedCallError("29/011", f"BOM of material {material} has no items")
        if self._key(material, version) in self._books.rows(BILLS):
            text = f"Version {version} of the BOM of material {material} already exists"
            raise RefusedCallError("29/172", text)
        for row in rows:
            part = row.get("BillOfMaterialComponent") or ""
            self._must_exist(part)
            if part == material:
                raise RefusedCallError("29/150", f"BOM of material {material} is recursive")
            if row.get("BillOfMaterialItemUnit") != self._company.units[part]:
                unit = row.get("BillOfMaterialItemUnit") or ""
                raise RefusedCallError("29/061", f"Unit {unit} is not defined for {part}")
        return self._put(material, version, day, asked, rows)

    def components(self, material: str, at: datetime) -> Mapping[str, Decimal]:
        """What one piece takes by the version that counts at that time."""
        counting = [row for row in self.versions(material) if row["HeaderValidityStartDate"] <= at]
        last = max(counting, key=lambda row: (row["HeaderValidityStartDate"], row["~at"]))
        return self.parts(last)

    def versions(self, material: str) -> Sequence[Row]:
        """All of them, those too that do not count yet."""
        return [row for row in self._books.rows(BILLS).values() if row["Material"] == material]

    def parts(self, bill: Row) -> Mapping[str, Decimal]:
        """What is in one version."""
        key = self._key(bill["Material"], bill["BillOfMaterialVersion"])
        return {
            row["BillOfMaterialComponent"]: row["BillOfMaterialItemQuantity"]
            for there, row in self._books.rows(PARTS).items()
            if there[:-1] == key
        }

    def _put(
        self, material: str, version: str, day: datetime, asked: Row, items: Iterable[Row]
    ) -> Row:
        key = self._key(material, version)
        for n, item in enumerate(items, start=1):
            row = {**item, **_named(key), "BillOfMaterialItemNodeNumber": f"{n:08}"}
            self._books.put(PARTS, (*key, f"{n:08}"), row)
        header = {
            "BillOfMaterialVariantUsage": "1",
            "BillOfMaterialStatus": "01",
            "BOMHeaderText": "",
            "BOMAlternativeText": "",
            **asked,
            **_named(key),
            "HeaderValidityStartDate": day,
            "BOMHeaderQuantityInBaseUnit": Decimal(1),
            "BOMHeaderBaseUnit": self._company.units[material],
            "LastChangeDateTime": self._books.now(),
        }
        return self._books.put(BILLS, key, header)

    def _key(self, material: str, version: str) -> Key:
        """A material has one bill of material, and the bill its number."""
        number = f"{list(self._company.units).index(material) + 1:08}"
        return number, "M", "1", version, material, "1710"

    def _product(self, material: str, **values: str) -> None:
        stamp = {"LastChangeDateTime": self._books.now()}
        self._books.put(PRODUCTS, (material,), {**values, **stamp})

    def _must_exist(self, material: str) -> None:
        if material not in self._company.units:
            raise RefusedCallError("M3/305", f"The material {material} does not exist")

    def _must_be_free(self, material: str) -> None:
        if (who := self._company.movements.locked.get(material)) is not None:
            raise RefusedCallError("M3/897", f"Material {material} is currently locked by {who}")


def _part(material: str, share: Decimal, unit: str) -> Row:
    return {
        "BillOfMaterialItemCategory": "L",
        "BillOfMaterialComponent": material,
        "BillOfMaterialItemQuantity": share,
        "BillOfMaterialItemUnit": unit,
    }


def _named(key: Key) -> Row:
    names = (
        "BillOfMaterial", "BillOfMaterialCategory", "BillOfMaterialVariant",
        "BillOfMaterialVersion", "Material", "Plant",
    )  # fmt: skip
    return dict(zip(names, key, strict=True))
