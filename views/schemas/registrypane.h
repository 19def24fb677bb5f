// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/schema/textdiff.h"
#include "views/schemas/schemasource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"
#include "views/widgets/columns.h"
#include "views/widgets/rowtable.h"

class QCheckBox;
class QComboBox;
class QPlainTextEdit;
class QPushButton;

namespace spillway::views {

class CommandLine;
class PlainTextLabel;
class StatePane;
class TableView;

/// A schema registry held against the folder: what is the same, differs, is only here or only there, and of a pair the
/// difference line by line. Asked when somebody looks, never in the background.
class RegistryPane final : public QWidget
{
    Q_OBJECT
public:
    /// @param source  outlives the pane
    RegistryPane(const ViewContext& context, SchemaSource& source, QWidget* parent = nullptr);

    /// The pane comes into sight: asks, unless it has an answer.
    void enter();
    /// Asks the registry again.
    void compare();
    [[nodiscard]] bool isBusy() const;

Q_SIGNALS:
    void said(const QString& sentence);

protected:
    void changeEvent(QEvent* event) override;

private:
    struct Row
    {
        int number = 0; ///< in the order of the comparison
        RegistryDifference difference;
        friend bool operator==(const Row&, const Row&) = default;
    };
    [[nodiscard]] QWidget* buildContent();
    [[nodiscard]] std::vector<ColumnSpec> columns() const;
    void showPicture(Result<RegistryPicture> picture);
    void presentRows();
    void askTexts();
    void showTexts(Result<RegistryTexts> texts);
    void markLines();

    ViewContext m_context;
    SchemaSource& m_source;
    RegistryPicture m_picture;
    std::vector<DiffLine> m_lines; ///< as they are shown; none where there is nothing to compare
    RowTable<Row, int> m_rows;
    QComboBox* m_registry = nullptr;
    QCheckBox* m_all = nullptr;
    QPushButton* m_compare = nullptr;
    PlainTextLabel* m_summary = nullptr;
    StatePane* m_pane = nullptr;
    TableView* m_view = nullptr;
    PlainTextLabel* m_names = nullptr;
    QPlainTextEdit* m_diff = nullptr;
    CommandLine* m_command = nullptr;
    AsyncLoad<RegistryPicture> m_load;
    AsyncLoad<RegistryTexts> m_textLoad;
};

} // namespace spillway::views
