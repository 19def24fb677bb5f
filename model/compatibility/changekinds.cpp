// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/changekinds.h"

#include <algorithm>
#include <array>

namespace spillway {

namespace {

struct Row
{
    const char16_t* word;
    const char16_t* remedy;
};

constexpr auto keepBoth = u"Keep the old field beside the new one until everybody has moved, then remove it.";
constexpr auto giveDefault = u"Leave it optional and give it a default; require it once every producer writes it.";
constexpr auto looser = u"Keep the old limit, or make a new event for what is narrower.";
constexpr auto readersFirst = u"Let consumers take the new form first, and let producers write it after them.";
constexpr auto newField =
    u"Add a field of another name with the new type, and keep the old one until everybody has moved.";
constexpr auto noStranger = u"Documents may bear a field of this name already, with another type; let the policy be "
                            u"lenient where nobody sends such.";
constexpr auto keepOpen = u"Leave it open; readers pass over what they do not know.";
constexpr auto keepValues = u"Keep the value until no stored message bears it any more.";
constexpr auto simpler = u"Look at it yourself: split the schema, or say it with simpler words.";

constexpr std::array rows{
    Row{u"propertyAdded", noStranger},
    Row{u"propertyRemoved", keepBoth},
    Row{u"requiredAdded", giveDefault},
    Row{u"requiredWithDefaultAdded", giveDefault},
    Row{u"requiredRemoved", readersFirst},
    Row{u"typeNarrowed", newField},
    Row{u"typeWidened", readersFirst},
    Row{u"typeChanged", newField},
    Row{u"enumAdded", looser},
    Row{u"enumRemoved", readersFirst},
    Row{u"enumValueAdded", readersFirst},
    Row{u"enumValueRemoved", keepValues},
    Row{u"patternPropertyAdded", looser},
    Row{u"patternPropertyRemoved", readersFirst},
    Row{u"additionalPropertiesClosed", keepOpen},
    Row{u"additionalPropertiesNarrowed", keepOpen},
    Row{u"additionalPropertiesOpened", readersFirst},
    Row{u"additionalPropertiesWidened", readersFirst},
    Row{u"dependencyAdded", looser},
    Row{u"dependencyRemoved", readersFirst},
    Row{u"schemaClosed", looser},
    Row{u"schemaOpened", readersFirst},
    Row{u"minimumAdded", looser},
    Row{u"minimumIncreased", looser},
    Row{u"minimumDecreased", readersFirst},
    Row{u"minimumRemoved", readersFirst},
    Row{u"maximumAdded", looser},
    Row{u"maximumIncreased", readersFirst},
    Row{u"maximumDecreased", looser},
    Row{u"maximumRemoved", readersFirst},
    Row{u"exclusiveMinimumAdded", looser},
    Row{u"exclusiveMinimumIncreased", looser},
    Row{u"exclusiveMinimumDecreased", readersFirst},
    Row{u"exclusiveMinimumRemoved", readersFirst},
    Row{u"exclusiveMaximumAdded", looser},
    Row{u"exclusiveMaximumIncreased", readersFirst},
    Row{u"exclusiveMaximumDecreased", looser},
    Row{u"exclusiveMaximumRemoved", readersFirst},
    Row{u"multipleOfAdded", looser},
    Row{u"multipleOfChanged", looser},
    Row{u"multipleOfExtended", looser},
    Row{u"multipleOfReduced", readersFirst},
    Row{u"multipleOfRemoved", readersFirst},
    Row{u"minLengthAdded", looser},
    Row{u"minLengthIncreased", looser},
    Row{u"minLengthDecreased", readersFirst},
    Row{u"minLengthRemoved", readersFirst},
    Row{u"maxLengthAdded", looser},
    Row{u"maxLengthIncreased", readersFirst},
    Row{u"maxLengthDecreased", looser},
    Row{u"maxLengthRemoved", readersFirst},
    Row{u"minItemsAdded", looser},
    Row{u"minItemsIncreased", looser},
    Row{u"minItemsDecreased", readersFirst},
    Row{u"minItemsRemoved", readersFirst},
    Row{u"maxItemsAdded", looser},
    Row{u"maxItemsIncreased", readersFirst},
    Row{u"maxItemsDecreased", looser},
    Row{u"maxItemsRemoved", readersFirst},
    Row{u"minPropertiesAdded", looser},
    Row{u"minPropertiesIncreased", looser},
    Row{u"minPropertiesDecreased", readersFirst},
    Row{u"minPropertiesRemoved", readersFirst},
    Row{u"maxPropertiesAdded", looser},
    Row{u"maxPropertiesIncreased", readersFirst},
    Row{u"maxPropertiesDecreased", looser},
    Row{u"maxPropertiesRemoved", readersFirst},
    Row{u"uniqueItemsAdded", looser},
    Row{u"uniqueItemsRemoved", readersFirst},
    Row{u"patternAdded", looser},
    Row{u"patternChanged", looser},
    Row{u"patternRemoved", readersFirst},
    Row{u"formatAdded", looser},
    Row{u"formatChanged", looser},
    Row{u"formatRemoved", readersFirst},
    Row{u"containsAdded", looser},
    Row{u"containsChanged", looser},
    Row{u"containsRemoved", readersFirst},
    Row{u"branchesAdded", looser},
    Row{u"branchesRemoved", readersFirst},
    Row{u"branchAdded", readersFirst},
    Row{u"branchRemoved", keepValues},
    Row{u"branchesOverlap", u"Give each branch a field with a constant of its own, so that no value fits two of them."},
    Row{u"combinationChanged", looser},
    Row{u"notAdded", looser},
    Row{u"notExtended", looser},
    Row{u"notChanged", looser},
    Row{u"notNarrowed", readersFirst},
    Row{u"notRemoved", readersFirst},
    Row{u"conditionAdded", looser},
    Row{u"conditionChanged", simpler},
    Row{u"conditionRemoved", readersFirst},
    Row{u"unevaluatedChanged", simpler},
    Row{u"recursionChanged", u"Look at what it refers back to; the change stands there."},
    Row{u"besideReferenceChanged", u"Put the reference into allOf, beside what else is asked."},
    Row{u"notUnderstood", simpler},
    Row{u"tooLarge", simpler},
    Row{u"documentsRefused", u"Look at the document: the newer schema refuses it by keywords that hang together."},
    Row{u"titleChanged", u""},
    Row{u"descriptionChanged", u""},
    Row{u"defaultChanged", u""},
    Row{u"idChanged", u""},
    Row{u"draftChanged", u""},
};

} // namespace

std::optional<ChangeKind> changeKindFromWord(QStringView word)
{
    for (const Row& row : rows) {
        if (word == QStringView(row.word))
            return ChangeKind{QString::fromUtf16(row.word), QString::fromUtf16(row.remedy)};
    }
    return std::nullopt;
}

QStringList changeKindWords()
{
    QStringList words;
    for (const Row& row : rows)
        words += QString::fromUtf16(row.word);
    return words;
}

} // namespace spillway
