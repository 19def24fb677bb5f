// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/querytags.h"

#include "model/base/jsonwriter.h"
#include "model/deadletter/groupalias.h"
#include "model/deadletter/letterplaces.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/triageaction.h"

#include <SQLiteCpp/Statement.h>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

const QString tagPrefix = u"tag:"_s;

} // namespace

void lookUpTags(SQLite::Database& db, QueryTerm& term)
{
    JsonWriter strains;
    JsonWriter letters;
    strains.beginArray();
    letters.beginArray();
    const bool isOne = term.op == QueryOperator::Equal;
    SQLite::Statement marks(db, std::string("SELECT subject, field FROM triage_mark WHERE value IS NOT NULL AND ") +
                                    (isOne ? "field = ?" : "field LIKE 'tag:%'") + " ORDER BY subject, field");
    if (isOne)
        sql::bind(marks, 1, tagPrefix + term.text);
    SQLite::Statement ofGroup(db, "SELECT id FROM letter_group WHERE group_id = ? ORDER BY id");
    LetterPlaces ofLetter(db);
    while (marks.executeStep()) {
        const QString subject = sql::text(marks.getColumn(0));
        const QString tag = sql::text(marks.getColumn(1)).sliced(tagPrefix.size());
        if (isGroupId(subject)) {
            ofGroup.reset();
            sql::bind(ofGroup, 1, effectiveGroup(db, subject));
            while (ofGroup.executeStep())
                strains.beginArray().value(tag).value(ofGroup.getColumn(0).getInt64()).endArray();
            continue;
        }
        for (const std::int64_t row : ofLetter.of(subject))
            letters.beginArray().value(tag).value(row).endArray();
    }
    strains.endArray();
    letters.endArray();
    term.taggedStrains = QString::fromUtf8(strains.json());
    term.taggedLetters = QString::fromUtf8(letters.json());
}

QStringList tagsInUse(SQLite::Database& db)
{
    QStringList tags;
    SQLite::Statement select(db, "SELECT DISTINCT substr(field, 5) FROM triage_mark"
                                 " WHERE field LIKE 'tag:%' AND value IS NOT NULL ORDER BY 1 LIMIT 1000");
    while (select.executeStep())
        tags += sql::text(select.getColumn(0));
    return tags;
}

} // namespace spillway
