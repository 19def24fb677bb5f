// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalogquery.h"

#include <QRegularExpression>

#include <vector>

/// What a query is made of: between who reads it and who answers it.
namespace spillway {

namespace catalogquery {

/// Texts an event can be asked for, by field; lower case.
enum Field {
    Name,
    Domain,
    Description,
    Topic,
    Key,
    Owner,
    Producer,
    Consumer,
    Tag,
    SchemaField,
    Slack,
    Oncall,
    Schema,
    FieldCount
};
enum Number { Consumers, Volume, Payload, Retention, Version, NumberCount };

} // namespace catalogquery

struct CatalogQuery::Node
{
    enum class Kind { And, Or, Not, Word, Text, Compare };
    enum class Match { Value, Beginning, Whole, Expression };
    Kind kind = Kind::And;
    std::vector<std::shared_ptr<const Node>> children;
    int field = 0;
    Match match = Match::Value;
    QString text; // lower case
    bool isPrefix = false;
    QRegularExpression expression;
    QString comparison;
    double number = 0;
};

} // namespace spillway
