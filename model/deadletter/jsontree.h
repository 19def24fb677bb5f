// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/jsoncheck.h"

#include <QAbstractItemModel>
#include <QByteArray>

#include <memory>

namespace spillway {

/// A JSON document as a tree over its bytes: a node knows where its value stands, and its children are found when
/// somebody opens it, some at a time. Nothing is parsed into values; names and values are shown as they are written.
/// UI thread, but every step is bounded: at most `mostAtOnce` children and about a megabyte walked.
class JsonTree final : public QAbstractItemModel
{
    Q_OBJECT
public:
    enum Column { NameColumn, ValueColumn, ColumnCount };
    enum Role {
        PointerRole = Qt::UserRole, ///< JSON pointer (RFC 6901), QString; "" for the document
        QueryFieldRole, ///< `payload.order.items[0]`, QString; of the document, and of what lies too deep for
                        ///< one, empty
        QueryTermRole,  ///< that with `:` and the value, ready for the filter; empty for objects and arrays
        FromRole,       ///< first byte of the value, qint64
        ToRole,         ///< behind its last, qint64
        IsRepeatedRole, ///< a name that stood before among its siblings shown so far, bool
    };
    static constexpr int mostAtOnce = 200;
    static constexpr int deepest = JsonCheck::deepestSpan; ///< deeper nodes do not open; Pretty shows them

    explicit JsonTree(QObject* parent = nullptr);
    ~JsonTree() override;

    /// @param json   checked to be a document.
    /// @param spans  its long values (JsonCheck), by their start.
    void show(const QByteArray& json, std::vector<JsonSpan> spans);
    void clear();
    /// The node of a pointer, opening what leads there; invalid when it is not there (or not within reach: an element
    /// beyond the first 100 000).
    [[nodiscard]] QModelIndex indexOf(const QString& pointer);

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] bool hasChildren(const QModelIndex& parent = {}) const override;
    [[nodiscard]] bool canFetchMore(const QModelIndex& parent) const override;
    void fetchMore(const QModelIndex& parent) override;
    /// Plain text; `\u{…}` for controls and bidirectional characters. A long value is cut with its size.
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Node;
    struct Passed
    {
        qsizetype to = 0;
        qsizetype children = 0;
    };
    [[nodiscard]] Node* nodeOf(const QModelIndex& index) const;
    [[nodiscard]] Passed pass(qsizetype from) const;
    [[nodiscard]] std::vector<std::unique_ptr<Node>> nextChildren(Node& node) const;
    [[nodiscard]] QString valueText(const Node& node) const;
    [[nodiscard]] QString pointerOf(const Node& node) const;
    [[nodiscard]] QString queryFieldOf(const Node& node) const;
    [[nodiscard]] QString nameOf(const Node& node) const;

    QByteArray m_json;
    std::vector<JsonSpan> m_spans;
    std::unique_ptr<Node> m_root; // null: nothing is shown
    bool m_isChanging = false;    // whoever is told of a change cannot fetch in the middle of it
};

/// The text between the quotes of a JSON string token, its escapes read; a lone surrogate becomes U+FFFD. Pure.
[[nodiscard]] QString unescapedJson(QByteArrayView token);

} // namespace spillway
